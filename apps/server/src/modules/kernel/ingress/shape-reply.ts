import type { WebhookReply } from '@imperal/contract'

// An answer of an extension comes from the address of the panel, where tokens lie: it may show text, and nothing else.
const HARMLESS = {
  'content-security-policy':
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
}
const ALLOWED = /^(?:content-type|cache-control|location|x-[a-z0-9!#$%&'*+.^_`|~-]+)$/
// Read by proxies and browsers as orders of the platform, or names that the platform uses itself.
const RESERVED =
  /^x-(?:accel|sendfile|lighttpd|reproxy|forwarded|real-ip|original|rewrite|imperal|request-id|content-|frame-|xss-|webkit-|permitted-)/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+(?:\s*;\s*[a-z0-9_-]+=(?:[a-z0-9_.+-]+|"[a-z0-9_.+ -]*"))*$/i
// A page of the panel could load them, for they are of its own origin.
const LOADABLE = /script|\/css|wasm|multipart/i

/** Redirects lead into the panel only (api 7.6): anything else would lend the platform's name to a stranger's page. */
function isOwnPage(location: string, publicUrl: string): boolean {
  const target = URL.parse(location, publicUrl)
  return target !== null && target.origin === new URL(publicUrl).origin
}

function isAllowed(name: string, value: string, publicUrl: string): boolean {
  if (!ALLOWED.test(name) || RESERVED.test(name) || !VALUE.test(value)) return false
  return name !== 'location' || isOwnPage(value, publicUrl)
}

function safeType(type: string): string {
  if (!MEDIA_TYPE.test(type)) return 'application/octet-stream'
  return LOADABLE.test(type) ? 'text/plain; charset=utf-8' : type
}

/** What of a webhook's answer reaches the sender (api 7.5): allowed headers, and nothing that runs in a browser. */
export function shapeReply(wire: WebhookReply, publicUrl: string): WebhookReply {
  const own = Object.entries(wire.headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name, value]) => isAllowed(name, value, publicUrl))
    .map(([name, value]) => [name, name === 'content-type' ? safeType(value) : value] as const)
  return { ...wire, headers: { 'content-type': 'application/octet-stream', ...Object.fromEntries(own), ...HARMLESS } }
}
