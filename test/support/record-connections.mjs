// Loaded into a server by `NODE_OPTIONS=--import …`: notes every connection that it opens and every name that it looks up.
import dns from 'node:dns'
import { appendFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

const file = process.env.RECORD_CONNECTIONS
const note = (what, target) => appendFileSync(file, `${what} ${target}\n`)

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  // Either options, or a list of them that the module net made, or a port and a host.
  const [first] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'object' && first !== null)
    note('connect', first.path ?? `${first.host ?? 'localhost'} ${first.port}`)
  else
    note(
      'connect',
      typeof first === 'string' && Number.isNaN(Number(first)) ? first : `${args[1] ?? 'localhost'} ${first}`,
    )
  return connect.apply(this, args)
}
for (const [holder, name] of [
  [dns, 'lookup'],
  [dns.promises, 'lookup'],
  [dns, 'resolve4'],
  [dns, 'resolve6'],
  [dns.promises, 'resolve4'],
  [dns.promises, 'resolve6'],
]) {
  const original = holder[name]
  holder[name] = (host, ...rest) => {
    note('lookup', host)
    return original(host, ...rest)
  }
}
syncBuiltinESMExports()
