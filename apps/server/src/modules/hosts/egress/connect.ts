import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { isIP } from 'node:net'
import { Agent, buildConnector } from 'undici'
import type { AddressPolicy } from './address-policy.ts'
import { EgressError } from './errors.ts'

/** Resolves a name to all of its addresses. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>

/** Passes on so many questions at once; the others wait for their turn. */
export function atMost(count: number, resolve: Resolve): Resolve {
  let running = 0
  const waiting: (() => void)[] = []
  return async (name) => {
    if (running >= count) await new Promise<void>((turn) => waiting.push(turn))
    else running++
    try {
      return await resolve(name)
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}

// The system's resolver blocks one of the four threads that files, passwords and compression need as well: an app that
// asks for names whose servers are silent must not take them all.
const LOOKUPS = 2

/** The resolver of the operating system. */
export const resolveBySystem: Resolve = atMost(
  LOOKUPS,
  (name) =>
    new Promise((resolve, reject) => {
      systemLookup(name, { all: true, verbatim: true }, (error, addresses) => {
        if (error === null) resolve(addresses)
        else reject(error)
      })
    }),
)

type LookupDone = (error: Error | null, addresses?: readonly LookupAddress[] | string, family?: number) => void

const CONNECT_TIMEOUT_MS = 10_000
const bare = (host: string): string => host.replace(/^\[|\]$/g, '')

const refused = (host: string, what: string): EgressError =>
  new EgressError('EGRESS_REFUSED', `${host} may not be reached: it is ${what}.`)

/**
 * A connection pool that checks the very addresses it connects to: literals before the connection, names after they
 * are resolved (the connection uses that answer and no second one), and the remote end once more when it stands.
 * A name with one closed address among many is refused as a whole. Proxy settings of the environment are ignored.
 */
export function createAgent(policy: AddressPolicy, resolve: Resolve): Agent {
  const lookup = (name: string, options: { all?: boolean }, done: LookupDone): void => {
    checkName(policy, resolve, name).then(
      (addresses) => (options.all ? done(null, addresses) : done(null, addresses[0]?.address, addresses[0]?.family)),
      (error) => done(error instanceof Error ? error : new Error(String(error))),
    )
  }
  const connect = buildConnector({ lookup: lookup as never, timeout: CONNECT_TIMEOUT_MS, autoSelectFamily: true })
  return new Agent({
    connections: 64,
    keepAliveTimeout: 10_000,
    maxHeaderSize: 64 * 1024,
    connect(options, callback) {
      const host = bare(options.hostname)
      const what = isIP(host) === 0 ? policy.refusalOfName(host) : policy.refusal(host)
      if (what !== null) {
        callback(refused(host, what), null)
        return
      }
      connect(options, (error, socket) => {
        // With an error there is no socket, whatever the types say.
        const remote = error === null ? policy.refusal(socket.remoteAddress ?? '') : null
        if (remote !== null) socket?.destroy()
        if (error !== null) callback(error, null)
        else if (remote === null) callback(null, socket)
        else callback(refused(host, remote), null)
      })
    },
  })
}

async function checkName(policy: AddressPolicy, resolve: Resolve, name: string): Promise<readonly LookupAddress[]> {
  const addresses = await resolve(name)
  for (const { address } of addresses) {
    const what = policy.refusal(address)
    if (what !== null) throw refused(name, what)
  }
  if (addresses.length === 0) throw new EgressError('EGRESS_UNREACHABLE', `${name} has no address.`)
  return addresses
}

/** The address to connect to, for a host that an app or a user named, when it may be reached. @throws EgressError */
export async function checkedAddress(policy: AddressPolicy, resolve: Resolve, named: string): Promise<string> {
  const host = bare(named.trim())
  const what = isIP(host) === 0 ? policy.refusalOfName(host) : policy.refusal(host)
  if (what !== null) throw refused(host, what)
  if (isIP(host) !== 0) return host
  const addresses = await checkName(policy, resolve, host).catch((problem: unknown) => {
    if (problem instanceof EgressError) throw problem
    throw new EgressError('EGRESS_UNREACHABLE', `${host} could not be found.`, problem)
  })
  return addresses[0]?.address ?? ''
}
