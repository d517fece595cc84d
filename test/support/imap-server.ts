import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** One message of a folder of the server. */
export interface StoredMail {
  readonly uid: number
  readonly raw: string
  readonly flags: Set<string>
  readonly received: Date
}
interface StoredFolder {
  readonly attributes: string
  readonly mails: StoredMail[]
  next: number
}
type Token = string | Token[]

/** A mail server that speaks IMAP4rev1 with UIDPLUS, MOVE and SPECIAL-USE, for one account, in memory. */
export interface ImapServer {
  readonly port: number
  /** Puts a message into a folder and answers its uid. */
  deliver(raw: string, folder?: string): number
  mails(folder: string): readonly StoredMail[]
  readonly signIns: number
  close(): Promise<void>
}

const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`
const nstring = (text: string | undefined): string => (text === undefined ? 'NIL' : quote(text))

function headersOf(raw: string): Map<string, string> {
  const head = raw.slice(0, raw.search(/\r\n\r\n/)).replace(/\r\n[ \t]+/g, ' ')
  return new Map(
    head
      .split('\r\n')
      .map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.slice(line.indexOf(':') + 1).trim()]),
  )
}

function parties(field: string | undefined): string {
  if (field === undefined || field === '') return 'NIL'
  const list = field.split(',').map((one) => {
    const [, name, address = ''] = /^\s*(?:"?([^"<]*?)"?\s*)<?([^<>\s]+)>?\s*$/.exec(one) ?? []
    const [box = '', host = ''] = address.split('@')
    return `(${name ? quote(name) : 'NIL'} NIL ${quote(box)} ${quote(host)})`
  })
  return `(${list.join('')})`
}

function envelopeOf(raw: string): string {
  const head = headersOf(raw)
  const people = ['from', 'sender', 'reply-to', 'to', 'cc', 'bcc'].map((name) =>
    parties(head.get(name) ?? (name === 'sender' || name === 'reply-to' ? head.get('from') : undefined)),
  )
  const [date, subject, id, replyTo] = ['date', 'subject', 'message-id', 'in-reply-to'].map((name) =>
    nstring(head.get(name)),
  )
  return `(${date} ${subject} ${people.join(' ')} ${replyTo} ${id})`
}

function structureOf(raw: string): string {
  const type = headersOf(raw).get('content-type') ?? 'text/plain'
  const text = `("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "8BIT" ${raw.length} 10)`
  if (!/^multipart/i.test(type)) return text
  const files = raw.split(/content-disposition:\s*attachment/i).length - 1
  const file = `("APPLICATION" "PDF" NIL NIL NIL "BASE64" 10 NIL ("ATTACHMENT" NIL) NIL NIL)`
  return `(${text}${file.repeat(files)} "MIXED" NIL NIL NIL)`
}

function parse(parts: readonly (string | Buffer)[]): Token[] {
  const stack: Token[][] = [[]]
  const push = (token: Token) => stack.at(-1)?.push(token)
  for (const part of parts) {
    if (typeof part !== 'string') {
      push(part.toString('latin1'))
      continue
    }
    for (const [token] of part.matchAll(/"(?:\\.|[^"\\])*"|[()]|[^\s()"[]+(?:\[[^\]]*\](?:<[\d.]+>)?)?/g)) {
      if (token === '(') stack.push([])
      else if (token === ')') push(stack.pop() as Token[])
      else push(token.startsWith('"') ? token.slice(1, -1).replace(/\\(.)/g, '$1') : token)
    }
  }
  return stack[0] as Token[]
}

const inSet = (set: string, uid: number, most: number): boolean =>
  set.split(',').some((range) => {
    const [from = 0, to = from] = range.split(':').map((end) => (end === '*' ? most : Number(end)))
    return uid >= Math.min(from, to) && uid <= Math.max(from, to)
  })

function fits(mail: StoredMail, criteria: Token[], most: number): boolean {
  const head = headersOf(mail.raw)
  const rest = [...criteria]
  const next = () => String(rest.shift() ?? '')
  const has = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase())
  const day = (text: string) => Date.parse(`${text} UTC`)
  const check = (key: string): boolean => {
    if (key === 'ALL') return true
    if (key === 'SEEN' || key === 'FLAGGED') return mail.flags.has(key === 'SEEN' ? '\\Seen' : '\\Flagged')
    if (key === 'UNSEEN') return !mail.flags.has('\\Seen')
    if (key === 'NOT') return !check(next().toUpperCase())
    if (key === 'UID') return inSet(next(), mail.uid, most)
    if (key === 'TEXT' || key === 'BODY') return has(mail.raw, next())
    if (key === 'FROM' || key === 'TO' || key === 'SUBJECT') return has(head.get(key.toLowerCase()) ?? '', next())
    if (key === 'SINCE') return mail.received.getTime() >= day(next())
    if (key === 'BEFORE') return mail.received.getTime() < day(next())
    throw new Error(`the server knows no criterion ${key}`)
  }
  while (rest.length > 0) if (!check(next().toUpperCase())) return false
  return true
}

const dateOf = (date: Date): string => {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? []
  return `"${day}-${month}-${year} ${time} +0000"`
}

const CAPABILITIES = 'IMAP4rev1 AUTH=PLAIN UIDPLUS MOVE SPECIAL-USE NAMESPACE'

class Session {
  #selected: StoredFolder | null = null
  readonly #folders: Map<string, StoredFolder>
  readonly #send: (line: string) => void
  readonly #mayEnter: (user: string, password: string) => boolean

  constructor(
    folders: Map<string, StoredFolder>,
    send: (line: string) => void,
    mayEnter: (user: string, password: string) => boolean,
  ) {
    this.#folders = folders
    this.#send = send
    this.#mayEnter = mayEnter
  }

  /** Runs one command; what it answers is the tagged line. */
  run(command: string, args: Token[]): string {
    const [first, second, third] = args
    if (command === 'CAPABILITY') this.#send(`* CAPABILITY ${CAPABILITIES}`)
    else if (command === 'NAMESPACE') this.#send('* NAMESPACE (("" "/")) NIL NIL')
    else if (command === 'LOGIN') return this.#signIn(String(first), String(second))
    else if (command === 'LIST' || command === 'LSUB') this.#list(command)
    else if (command === 'STATUS') return this.#status(String(first))
    else if (command === 'SELECT' || command === 'EXAMINE') return this.#select(String(first))
    else if (command === 'CLOSE' || command === 'UNSELECT') this.#selected = null
    else if (command === 'APPEND') this.#append(args)
    else if (command === 'UID')
      return this.#withUids(String(first).toUpperCase(), String(second), args.slice(2), args.slice(1))
    else if (command === 'LOGOUT') this.#send('* BYE see you')
    else if (!['NOOP', 'ID', 'ENABLE', 'SUBSCRIBE'].includes(command)) return `BAD no ${command} ${String(third ?? '')}`
    return 'OK done'
  }

  #signIn(user: string, password: string): string {
    return this.#mayEnter(user, password) ? 'OK welcome' : 'NO [AUTHENTICATIONFAILED] wrong name or password'
  }

  authenticate(response: string): string {
    const [, user = '', password = ''] = Buffer.from(response, 'base64').toString('utf8').split('\0')
    return this.#signIn(user, password)
  }

  #list(command: string): void {
    for (const [name, { attributes }] of this.#folders) this.#send(`* ${command} (${attributes}) "/" ${quote(name)}`)
  }

  #status(name: string): string {
    const folder = this.#folders.get(name)
    if (folder === undefined) return 'NO [NONEXISTENT] no such folder'
    const unseen = folder.mails.filter(({ flags }) => !flags.has('\\Seen')).length
    this.#send(`* STATUS ${quote(name)} (MESSAGES ${folder.mails.length} UNSEEN ${unseen})`)
    return 'OK done'
  }

  #select(name: string): string {
    const folder = this.#folders.get(name)
    this.#selected = folder ?? null
    if (folder === undefined) return 'NO [NONEXISTENT] no such folder'
    this.#send('* FLAGS (\\Seen \\Answered \\Flagged \\Deleted)')
    this.#send(`* ${folder.mails.length} EXISTS`)
    this.#send('* OK [UIDVALIDITY 7] valid')
    this.#send(`* OK [UIDNEXT ${folder.next}] next`)
    return 'OK [READ-WRITE] open'
  }

  #append(args: Token[]): void {
    const folder = this.#folders.get(String(args[0]))
    const flags = new Set((Array.isArray(args[1]) ? args[1] : []).map(String))
    folder?.mails.push({ uid: folder.next++, raw: String(args.at(-1)), flags, received: new Date() })
  }

  #withUids(verb: string, set: string, args: Token[], criteria: Token[]): string {
    const folder = this.#selected
    if (folder === null) return 'BAD nothing is open'
    const most = folder.next - 1
    if (verb === 'SEARCH') {
      if (criteria.includes('the index is broken')) return 'NO [SERVERBUG] the index is broken'
      const found = folder.mails.filter((mail) => fits(mail, criteria, most)).map(({ uid }) => uid)
      this.#send(`* SEARCH${found.map((uid) => ` ${uid}`).join('')}`)
      return 'OK done'
    }
    const chosen = folder.mails.filter(({ uid }) => inSet(set, uid, most))
    if (verb === 'FETCH') for (const mail of chosen) this.#fetch(folder, mail, args.flat() as string[])
    else if (verb === 'STORE') {
      for (const mail of chosen)
        for (const flag of args.slice(1).flat() as string[])
          String(args[0]).startsWith('-') ? mail.flags.delete(flag) : mail.flags.add(flag)
    } else if (verb === 'MOVE') return this.#move(folder, chosen, String(args[0]))
    else if (verb === 'EXPUNGE') this.#drop(folder, (mail) => chosen.includes(mail) && mail.flags.has('\\Deleted'))
    else return `BAD no UID ${verb}`
    return 'OK done'
  }

  #fetch(folder: StoredFolder, mail: StoredMail, items: readonly string[]): void {
    const parts = [`UID ${mail.uid}`]
    const add = (name: string, text: string) => parts.push(`${name} {${Buffer.byteLength(text, 'latin1')}}\r\n${text}`)
    for (const item of items) {
      const upper = item.toUpperCase()
      if (upper === 'FLAGS') parts.push(`FLAGS (${[...mail.flags].join(' ')})`)
      else if (upper === 'ENVELOPE') parts.push(`ENVELOPE ${envelopeOf(mail.raw)}`)
      else if (upper === 'INTERNALDATE') parts.push(`INTERNALDATE ${dateOf(mail.received)}`)
      else if (upper === 'RFC822.SIZE') parts.push(`RFC822.SIZE ${mail.raw.length}`)
      else if (upper === 'BODYSTRUCTURE') parts.push(`BODYSTRUCTURE ${structureOf(mail.raw)}`)
      else if (/^BODY\.PEEK\[HEADER/.test(upper)) {
        const value = headersOf(mail.raw).get('references')
        add(item.replace(/\.PEEK/i, ''), `${value === undefined ? '' : `References: ${value}\r\n`}\r\n`)
      } else if (/^BODY\.PEEK\[\]/.test(upper)) {
        const [, start = '0', length = '4000000'] = /<(\d+)\.(\d+)>/.exec(upper) ?? []
        add(`BODY[]<${start}>`, mail.raw.slice(Number(start), Number(start) + Number(length)))
      }
    }
    this.#send(`* ${folder.mails.indexOf(mail) + 1} FETCH (${parts.join(' ')})`)
  }

  #move(folder: StoredFolder, chosen: readonly StoredMail[], to: string): string {
    const target = this.#folders.get(to)
    if (target === undefined) return 'NO [TRYCREATE] no such folder'
    const added = chosen.map((mail) => ({ ...mail, uid: target.next++ }))
    target.mails.push(...added)
    const ids = (mails: readonly StoredMail[]) => mails.map(({ uid }) => uid).join(',')
    if (chosen.length > 0) this.#send(`* OK [COPYUID 7 ${ids(chosen)} ${ids(added)}] moved`)
    this.#drop(folder, (mail) => chosen.includes(mail))
    return 'OK done'
  }

  #drop(folder: StoredFolder, isGone: (mail: StoredMail) => boolean): void {
    for (let index = folder.mails.length - 1; index >= 0; index--) {
      if (!isGone(folder.mails[index] as StoredMail)) continue
      folder.mails.splice(index, 1)
      this.#send(`* ${index + 1} EXPUNGE`)
    }
  }
}

function speak(
  socket: Socket,
  folders: Map<string, StoredFolder>,
  mayEnter: (user: string, password: string) => boolean,
): void {
  const send = (line: string) => socket.write(Buffer.from(`${line}\r\n`, 'latin1'))
  const session = new Session(folders, send, mayEnter)
  let buffer = Buffer.alloc(0)
  let parts: (string | Buffer)[] = []
  let missing = 0
  let authenticating: string | null = null
  const line = (text: string): void => {
    if (authenticating !== null) {
      send(`${authenticating} ${session.authenticate(text)}`)
      authenticating = null
      return
    }
    const literal = /\{(\d+)\+?\}$/.exec(text)
    parts.push(literal === null ? text : text.slice(0, literal.index))
    if (literal !== null) {
      missing = Number(literal[1])
      send('+ go on')
      return
    }
    const [tag, command, ...args] = parse(parts)
    parts = []
    const name = String(command).toUpperCase()
    if (name === 'AUTHENTICATE' && args.length === 1) {
      authenticating = String(tag)
      send('+ ')
      return
    }
    send(`${String(tag)} ${name === 'AUTHENTICATE' ? session.authenticate(String(args[1])) : session.run(name, args)}`)
    if (name === 'LOGOUT') socket.end()
  }
  socket.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk])
    for (;;) {
      if (missing > 0) {
        if (buffer.length < missing) return
        parts.push(buffer.subarray(0, missing))
        buffer = buffer.subarray(missing)
        missing = 0
      }
      const end = buffer.indexOf('\r\n')
      if (end < 0) return
      const text = buffer.subarray(0, end).toString('latin1')
      buffer = buffer.subarray(end + 2)
      if (text !== '' || parts.length > 0) line(text)
    }
  })
  socket.on('error', () => socket.destroy())
  send(`* OK [CAPABILITY ${CAPABILITIES}] ready`)
}

/** Starts the server on a free port of this machine. Folders: INBOX, Archive, Sent and Trash. */
export async function startImapServer(
  account: { readonly user: string; readonly password: string },
  /** Speaks TLS from the first byte, as on port 993. */
  identity?: { readonly key: string; readonly cert: string },
): Promise<ImapServer> {
  const folder = (attributes: string): StoredFolder => ({ attributes, mails: [], next: 1 })
  const folders = new Map([
    ['INBOX', folder('\\HasNoChildren')],
    ['Archive', folder('\\HasNoChildren \\Archive')],
    ['Sent', folder('\\HasNoChildren \\Sent')],
    ['Trash', folder('\\HasNoChildren \\Trash')],
  ])
  let signIns = 0
  const mayEnter = (user: string, password: string): boolean => {
    const enters = user === account.user && password === account.password
    if (enters) signIns += 1
    return enters
  }
  const sockets = new Set<Socket>()
  const greet = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    speak(socket, folders, mayEnter)
  }
  const server: Server = identity === undefined ? createServer(greet) : createTlsServer({ ...identity }, greet)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = (name: string): StoredFolder => {
    const found = folders.get(name)
    if (found === undefined) throw new Error(`no folder ${name}`)
    return found
  }
  return {
    port: (server.address() as AddressInfo).port,
    deliver(raw, name = 'INBOX') {
      const to = at(name)
      const uid = to.next++
      to.mails.push({
        uid,
        raw: Buffer.from(raw.replace(/\r?\n/g, '\r\n'), 'utf8').toString('latin1'),
        flags: new Set(),
        received: new Date(),
      })
      return uid
    },
    mails: (name) => at(name).mails,
    get signIns() {
      return signIns
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
