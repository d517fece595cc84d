/** Leaves the panel for the page on which the person's bank asks; the bank sends them back to their payments. */
export function goToBank(url: string): void {
  window.location.assign(url)
}
