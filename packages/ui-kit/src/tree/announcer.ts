let region: HTMLElement | undefined

/** Puts the place for announcements into the page, since what appears together with its words is not read out. */
export function prepareAnnouncements(): void {
  if (region?.isConnected) return
  region = document.createElement('p')
  region.className = 'im-hidden'
  region.setAttribute('role', 'status')
  region.setAttribute('aria-live', 'assertive')
  document.body.append(region)
}

/** Has a screen reader say it. */
export function announce(words: string): void {
  if (region) region.textContent = words
}
