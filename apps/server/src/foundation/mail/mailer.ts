import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import nodemailer from 'nodemailer'
import type { Log } from '../log.ts'

export interface Mail {
  /** The case of the mail (`verify_email`, `password_reset`, …), for logs and file names. */
  readonly kind: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html?: string | undefined
  /** What the words are made of, for administrators who write others: `link`, `code`, `first_name`, `plan`, … */
  readonly values?: Readonly<Record<string, string>> | undefined
  /** Whom it is sent to, when that is somebody with an account. */
  readonly userId?: string | undefined
  /** What makes it the same mail as another one. */
  readonly dedupKey?: string | undefined
}

/** A kind of mail, with one as it looks. */
export interface MailCase {
  readonly case: string
  readonly description: string
  readonly sample: Mail
}

export interface Mailer {
  /** Resolves when the mail server, or the disk, has taken the mail, with what the server said of it. Rejects when it did not. */
  send(mail: Mail): Promise<unknown>
  close(): Promise<void>
}

export interface MailerOptions {
  /** `smtp://` or `smtps://`, with user and password where needed. Without it every mail becomes a file. */
  readonly smtpUrl?: string | undefined
  readonly from: string
  readonly dataDir: string
  readonly log: Log
}

// A mail server that hangs must not hold a worker for the library's default of ten minutes.
const PATIENCE = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }

function overSmtp(url: string, from: string, log: Log): Mailer {
  const transport = nodemailer.createTransport({ url, pool: true, ...PATIENCE })
  return {
    async send({ kind, to, subject, text, html }) {
      const sent = await transport.sendMail({ from, to, subject, text, html })
      log.info({ kind }, 'a mail was handed to the mail server')
      return sent
    },
    close: async () => transport.close(),
  }
}

/**
 * The text before the first part, where programs for mail pass over it and people who open the file in an editor find
 * links and codes that no encoding broke.
 */
function readable(message: string, text: string): string {
  const [head = '', ...rest] = message.split('\n\n')
  return /^content-type: multipart\//im.test(head) ? [head, text.trim(), ...rest].join('\n\n') : message
}

function intoFolder(folder: string, from: string, log: Log): Mailer {
  const composer = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'unix' })
  return {
    async send({ kind, to, subject, text, html }) {
      const composed = await composer.sendMail({ from, to, subject, text, html })
      const moment = new Date().toISOString().replaceAll(/[:.]/g, '-')
      const file = path.join(folder, `${moment}-${kind}-${randomBytes(3).toString('hex')}.eml`)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      // The file holds a token that opens an account: nobody but the owner may read it.
      await writeFile(file, readable(composed.message.toString(), text), { mode: 0o600, flag: 'wx' })
      log.info({ kind, file }, 'no mail server is set; a mail was written to a file')
      return composed
    },
    close: async () => composer.close(),
  }
}

/** The mailer of the installation: SMTP when `smtpUrl` is set, else one `.eml` file per mail in `<data dir>/mail/`, named in the log. */
export function openMailer(options: MailerOptions): Mailer {
  return options.smtpUrl === undefined
    ? intoFolder(path.join(options.dataDir, 'mail'), options.from, options.log)
    : overSmtp(options.smtpUrl, options.from, options.log)
}
