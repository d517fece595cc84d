const HOST = /(?:^|[\s/@(])((?:[a-z0-9-]+\.)+[a-z]{2,})(?=$|[\s/:?#),.])/i

/** The host that an address leads to; of a mail address the one behind its @. */
function hostOf(url: string): string {
  try {
    const { protocol, hostname, pathname } = new URL(url)
    return protocol === 'mailto:' ? (pathname.split('@').at(-1) ?? '') : hostname
  } catch {
    return '' // a path or a fragment stays here
  }
}

const bare = (host: string): string => host.toLowerCase().replace(/^www\./, '')

/** Where a link leads whose label looks like the address of another host (ui 6.3); empty where it tells the truth. */
export function strangeHost(label: string, url: string): string {
  const shown = HOST.exec(label)?.[1]
  const host = hostOf(url)
  if (shown === undefined || host === '') return ''
  const isPartOf = bare(host) === bare(shown) || bare(host).endsWith(`.${bare(shown)}`)
  return isPartOf ? '' : host
}
