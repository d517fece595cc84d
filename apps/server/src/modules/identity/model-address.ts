import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { identityErrors } from './errors.ts'

const LOCAL_NAME = /(?:^|\.)(?:localhost|internal|local|home\.arpa)$/

function reasonAgainst(text: string, allowPrivate: boolean): string | null {
  if (!URL.canParse(text)) return 'it is not an address'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'it must begin with https://'
  if (url.username !== '' || url.password !== '') return 'it must not hold a user name or password'
  if (allowPrivate) return null
  if (url.protocol === 'http:') return 'it must begin with https://'
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (LOCAL_NAME.test(host)) return 'it names this machine or its network'
  if (isIP(host) !== 0 && ipaddr.process(host).range() !== 'unicast') return 'it is a private address'
  return null
}

/**
 * Checks the address of a user's own model as far as its text tells; what its name resolves to is checked when the
 * connection is made. Answers it without a trailing slash. @throws IDENTITY_MODEL_ADDRESS_REFUSED
 */
export function checkedModelAddress(text: string, allowPrivate: boolean): string {
  const reason = reasonAgainst(text, allowPrivate)
  if (reason !== null) throw identityErrors.MODEL_ADDRESS_REFUSED({ reason })
  return text.replace(/\/+$/, '')
}
