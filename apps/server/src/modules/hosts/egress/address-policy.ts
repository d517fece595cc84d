import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Block = [Address, number]

const block = (cidr: string): Block => ipaddr.parseCIDR(cidr) as Block
const blocks = (table: Readonly<Record<string, string>>): readonly (readonly [Block, string])[] =>
  Object.entries(table).map(([cidr, what]) => [block(cidr), what] as const)

// Never opened by a setting: whoever reaches these can take over the machine's cloud account, or reaches many at once.
const NEVER = blocks({
  '169.254.169.254/32': 'a cloud metadata service',
  '169.254.170.2/32': 'a cloud metadata service',
  '169.254.170.23/32': 'a cloud metadata service',
  '100.100.100.200/32': 'a cloud metadata service',
  '168.63.129.16/32': 'a cloud metadata service',
  '192.0.0.192/32': 'a cloud metadata service',
  'fd00:ec2::/32': 'a cloud metadata service',
  'fd20:ce::/32': 'a cloud metadata service',
  '0.0.0.0/8': 'this machine',
  '224.0.0.0/4': 'a multicast address',
  '255.255.255.255/32': 'a broadcast address',
  '::/128': 'this machine',
  'ff00::/8': 'a multicast address',
})

const PRIVATE = blocks({
  '10.0.0.0/8': 'a private network',
  '100.64.0.0/10': 'a carrier network',
  '127.0.0.0/8': 'this machine',
  '169.254.0.0/16': 'a link-local address',
  '172.16.0.0/12': 'a private network',
  '192.0.0.0/24': 'a reserved address',
  '192.0.2.0/24': 'a documentation address',
  '192.88.99.0/24': 'a relay address',
  '192.168.0.0/16': 'a private network',
  '198.18.0.0/15': 'a benchmark network',
  '198.51.100.0/24': 'a documentation address',
  '203.0.113.0/24': 'a documentation address',
  '240.0.0.0/4': 'a reserved address',
  '::1/128': 'this machine',
  'fc00::/7': 'a private network',
  'fe80::/10': 'a link-local address',
  'fec0::/10': 'a private network',
  '2001::/23': 'a reserved or tunnelled address',
  '2001:db8::/32': 'a documentation address',
  '2002::/16': 'a tunnelled address',
  '3fff::/20': 'a documentation address',
})
const LOOPBACK_IPV6 = block('::1/128')
const GLOBAL_IPV6 = block('2000::/3')
// Forms of IPv6 that carry an IPv4 address in their last 32 bits and may be translated to it on the way.
const CARRIERS = ['::/96', '::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48'].map(block)

const matches = (address: Address, [network, bits]: Block): boolean =>
  address.kind() === network.kind() && (address as ipaddr.IPv6).match(network as ipaddr.IPv6, bits)

function carriedIpv4(address: Address): ipaddr.IPv4 | null {
  const loopback = matches(address, LOOPBACK_IPV6)
  if (address.kind() === 'ipv4' || loopback || !CARRIERS.some((carrier) => matches(address, carrier))) return null
  return new ipaddr.IPv4(address.toByteArray().slice(12))
}

export interface AddressPolicy {
  /** Why no connection to this address may be made, as the end of "… is"; `null` when it may. */
  refusal(address: string): string | null
  /** The same for a host name, before it is resolved. */
  refusalOfName(name: string): string | null
}

export interface AddressPolicyOptions {
  /** Opens loopback and private networks, for a machine whose owner wants it. Metadata services stay closed. */
  readonly allowPrivate: boolean
  /** Addresses and CIDR blocks that stay open although their network is closed. */
  readonly allow: readonly string[]
}

const LOCAL_NAME = /(^|\.)(localhost|local|internal|localdomain|home\.arpa)$/

/** The one place that decides which addresses the platform connects to in the name of apps and users (api 7.7). */
export function createAddressPolicy(options: AddressPolicyOptions): AddressPolicy {
  const allowed = options.allow.map((entry) =>
    entry.includes('/') ? block(entry) : block(`${entry}/${ipaddr.parse(entry).kind() === 'ipv4' ? 32 : 128}`),
  )
  const opened = (address: Address): boolean =>
    options.allowPrivate || allowed.some((network) => matches(address, network))
  const find = (address: Address, table: typeof NEVER): string | null =>
    table.find(([network]) => matches(address, network))?.[1] ?? null

  function check(address: Address): string | null {
    const carried = carriedIpv4(address)
    const never = find(address, NEVER) ?? (carried === null ? null : find(carried, NEVER))
    if (never !== null) return never
    if (opened(address)) return null
    const known = find(address, PRIVATE)
    if (known !== null) return known
    if (carried !== null) return check(carried)
    return address.kind() === 'ipv6' && !matches(address, GLOBAL_IPV6) ? 'an address that is not on the internet' : null
  }

  return {
    refusal: (address) => (ipaddr.isValid(address) ? check(ipaddr.parse(address)) : 'not an address'),
    refusalOfName: (name) =>
      LOCAL_NAME.test(name.toLowerCase().replace(/\.+$/, '')) && !options.allowPrivate ? 'a local name' : null,
  }
}
