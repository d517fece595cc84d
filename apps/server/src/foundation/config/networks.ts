import { BlockList, isIP } from 'node:net'

const BITS = { 4: 32, 6: 128 } as const

/** Address and prefix of `10.0.0.0/8`, `::1` or `192.0.2.7`; null for what is no network. */
function networkOf(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | null {
  const [address = '', length, ...rest] = text.split('/')
  const version = isIP(address)
  if (rest.length > 0 || (version !== 4 && version !== 6)) return null
  const prefix = length === undefined ? BITS[version] : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
  if (!(prefix <= BITS[version])) return null
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }
}

export const isNetwork = (text: string): boolean => networkOf(text) !== null

/** Whether an address lies in one of the networks; IPv4 addresses count in their IPv6 form as well. */
export function withinNetworks(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const text of networks) {
    const network = networkOf(text)
    if (network === null) throw new Error(`${text} is no network`)
    list.addSubnet(network.address, network.prefix, network.family)
  }
  return (address) => {
    const bare = address.replace(/%.*$/, '') // the zone of a link-local address
    const version = isIP(bare)
    return version !== 0 && list.check(bare, version === 4 ? 'ipv4' : 'ipv6')
  }
}
