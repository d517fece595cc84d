import type { Account } from './mailbox.ts'

interface Known {
  readonly imap: string
  readonly smtp: string
  /** What to know before connecting. */
  readonly hint?: string
}

const APP_PASSWORD = 'It wants a password that is made for apps, from the security page of your account.'

/** Providers whose servers are not `imap.` and `smtp.` of the address's domain. */
const PROVIDERS: Readonly<Record<string, Known>> = {
  'gmail.com': { imap: 'imap.gmail.com', smtp: 'smtp.gmail.com', hint: APP_PASSWORD },
  'googlemail.com': { imap: 'imap.gmail.com', smtp: 'smtp.gmail.com', hint: APP_PASSWORD },
  'icloud.com': { imap: 'imap.mail.me.com', smtp: 'smtp.mail.me.com:587', hint: APP_PASSWORD },
  'me.com': { imap: 'imap.mail.me.com', smtp: 'smtp.mail.me.com:587', hint: APP_PASSWORD },
  'yahoo.com': { imap: 'imap.mail.yahoo.com', smtp: 'smtp.mail.yahoo.com', hint: APP_PASSWORD },
  'fastmail.com': { imap: 'imap.fastmail.com', smtp: 'smtp.fastmail.com', hint: APP_PASSWORD },
  'gmx.de': { imap: 'imap.gmx.net', smtp: 'mail.gmx.net' },
  'gmx.net': { imap: 'imap.gmx.net', smtp: 'mail.gmx.net' },
  'web.de': { imap: 'imap.web.de', smtp: 'smtp.web.de' },
  'outlook.com': {
    imap: 'outlook.office365.com',
    smtp: 'smtp-mail.outlook.com:587',
    hint: 'Microsoft lets no passwords in for these accounts any more, so this mailbox will most likely refuse.',
  },
  'hotmail.com': {
    imap: 'outlook.office365.com',
    smtp: 'smtp-mail.outlook.com:587',
    hint: 'Microsoft lets no passwords in for these accounts any more, so this mailbox will most likely refuse.',
  },
}

const providerOf = (email: string): Known => {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  return PROVIDERS[domain] ?? { imap: `imap.${domain}`, smtp: `smtp.${domain}` }
}

/** Advice about the provider of an address; empty when there is none. */
export const hintFor = (email: string): string => providerOf(email).hint ?? ''

// Whoever names one of these ports means what is usual there; a bridge on one's own machine has neither.
const STARTTLS_PORTS: ReadonlySet<number> = new Set([143, 587])
const LOCAL = /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/

function serverOf(named: string, usualPort: number): Account['imap'] {
  const [, host = named, digits] = /^(.*?)(?::(\d{1,5}))?$/.exec(named.trim()) ?? []
  const port = digits === undefined ? usualPort : Number(digits)
  const encrypted = STARTTLS_PORTS.has(port) ? 'starttls' : 'tls'
  return { host, port, security: LOCAL.test(host) ? 'none' : encrypted }
}

/** Servers of a mailbox: as named (`host` or `host:port`), else those that are usual for the address. */
export function serversFor(email: string, named: { readonly imap: string; readonly smtp: string }) {
  const usual = providerOf(email)
  return { imap: serverOf(named.imap || usual.imap, 993), smtp: serverOf(named.smtp || usual.smtp, 465) }
}

export const addressOf = ({ host, port }: Account['imap']): string => `${host}:${port}`
