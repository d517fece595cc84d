import type { Locator } from 'playwright-core'
import { newestMailTo } from '../../support/mailbox.ts'
import type { TestServer } from '../../support/server.ts'
import { type Session, send, signIn as signInByApi } from '../../support/session.ts'
import { shown } from './seeing.ts'
import type { Visitor } from './stage.ts'

export interface Person {
  readonly email: string
  readonly password: string
  readonly firstName: string
}

export const person = (firstName: string, label = ''): Person => ({
  firstName,
  email: `${firstName.toLowerCase()}${label}@example.com`,
  password: 'quiet rivers turn slowly',
})

/** The link of the newest mail to a person, to that page where one is named. */
export async function mailedLink(server: TestServer, email: string, page = ''): Promise<string> {
  const mail = await newestMailTo(server, email, page)
  const link = /http:\/\/[^\s"<>]+token=[A-Za-z0-9._~-]+/.exec(mail)?.[0]
  if (link === undefined) throw new Error(`no link in the mail:\n${mail}`)
  return link
}

export const messageField = ({ page }: Visitor): Locator => page.getByRole('textbox', { name: 'Message' })
const password = ({ page }: Visitor): Locator => page.getByLabel(/^Password/)
const email = ({ page }: Visitor): Locator => page.getByRole('textbox', { name: /^E-mail address/ })

/** Fills the sign-in form and sends it. */
export async function submitSignIn(visitor: Visitor, who: Pick<Person, 'email' | 'password'>): Promise<void> {
  await email(visitor).fill(who.email)
  await password(visitor).fill(who.password)
  await visitor.page.getByRole('button', { name: 'Sign in' }).click()
}

/** Signs in at the address and waits until the panel is there. */
export async function signIn(visitor: Visitor, who: Pick<Person, 'email' | 'password'>, address = '/'): Promise<void> {
  await visitor.go(address)
  await submitSignIn(visitor, who)
  await shown(visitor.page.getByRole('button', { name: /^Account of/ }))
}

/** Signs up as a newcomer does: form, mail, link. Ends in the panel. */
export async function signUp(visitor: Visitor, server: TestServer, who: Person): Promise<void> {
  const { page } = visitor
  await visitor.go('/')
  await page.getByRole('link', { name: 'Create an account' }).click()
  await page.getByRole('textbox', { name: 'First name' }).fill(who.firstName)
  await email(visitor).fill(who.email)
  await password(visitor).fill(who.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await shown(page.getByRole('heading', { name: 'Check your mail' }))
  await page.goto(await mailedLink(server, who.email))
  await shown(page.getByRole('button', { name: /^Account of/ }))
}

/** An account with apps, made over the API, for people who are not what the test is about. */
export async function existing(server: TestServer, who: Person, apps: readonly string[] = []): Promise<Session> {
  const body = { email: who.email, password: who.password, first_name: who.firstName, last_name: '' }
  const answer = await send(`${server.url}/v1/auth/signup`, 'POST', body)
  if (answer.status >= 300) throw new Error(`sign-up answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  const token = new URL(await mailedLink(server, who.email)).searchParams.get('token')
  await send(`${server.url}/v1/auth/verify-email`, 'POST', { token })
  const session = await signInByApi(server, who.email, who.password)
  for (const app of apps) {
    const installed = await session.request('POST', `/v1/marketplace/apps/${app}/install`, {})
    if (installed.status >= 300) throw new Error(`installing ${app} answered ${installed.status}`)
  }
  return session
}
