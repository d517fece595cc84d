import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { TestServer } from './server.ts'
import { until } from './session.ts'

const decode = (text: string): string =>
  text
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/**
 * The newest mail to an address, as the server wrote it into its data folder; with `about`, of those that say so: mails
 * leave after the answer, so an older one may still be the newest.
 */
export function newestMailTo(server: Pick<TestServer, 'dataDir'>, address: string, about = ''): Promise<string> {
  const folder = path.join(server.dataDir, 'mail')
  return until(async () => {
    if (!existsSync(folder)) return null
    const mails = readdirSync(folder)
      .filter((file) => file.endsWith('.eml'))
      .sort()
      .map((file) => decode(readFileSync(path.join(folder, file), 'utf8')))
      .filter((mail) => mail.includes(address) && mail.includes(about))
    return mails.at(-1)
  })
}

/** The token of the link in a mail. */
export async function mailedToken(server: Pick<TestServer, 'dataDir'>, address: string): Promise<string> {
  const mail = await newestMailTo(server, address)
  const token = /[?&]token=([A-Za-z0-9._~-]+)/.exec(mail)?.[1]
  if (token === undefined) throw new Error(`no token in the mail:\n${mail}`)
  return token
}
