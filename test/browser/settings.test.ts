import { beforeAll, describe, expect, inject, test } from 'vitest'
import { type Session, send } from '../support/session.ts'
import { violationsOf } from './support/axe.ts'
import { existing, person, signIn, submitSignIn } from './support/people.ts'
import { becomes, gone, PATIENCE, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { useStage, type Visitor } from './support/stage.ts'

const stage = useStage()
const ivan = person('Ivan')
const judy = person('Judy')
let ivans: Session
let judys: Session

beforeAll(async () => {
  if (inject('chromium') === '') return
  ivans = await existing(stage.server, ivan, ['notes', 'tasks'])
  judys = await existing(stage.server, judy, ['notes'])
}, PATIENCE)

async function expectAccessible({ page }: Visitor): Promise<void> {
  expect(await violationsOf(page)).toEqual([])
}
const section = ({ page }: Visitor, name: string) =>
  page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name })
const settingsOf = async (session: Session): Promise<Record<string, unknown>> =>
  ((await session.request('GET', '/v1/me/settings')).body as { settings: Record<string, unknown> }).settings

describe('settings of a person', () => {
  test(
    '[I7-surfaces] name, time zone and language are chosen by the keyboard and stay',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      await signIn(visitor, ivan, '/settings/profile')
      const names = page.getByRole('region', { name: 'Name', exact: true })
      await shown(names.getByRole('button', { name: 'Save name' }))
      await names.getByRole('textbox', { name: 'First name' }).fill('Ivanka')
      await names.getByRole('textbox', { name: 'Last name' }).fill('Petrova')
      await page.keyboard.press('Enter')
      await shown(names.getByRole('button', { name: 'Saved' }))
      await shown(page.getByRole('button', { name: /^Account of Ivanka Petrova/ }))
      expect((await ivans.request('GET', '/v1/auth/me')).body).toMatchObject({ display_name: 'Ivanka Petrova' })

      const zone = page.getByRole('combobox', { name: 'Time zone' })
      await shown(page.getByText(/^UTC until you write to the assistant/))
      await zone.fill('lisb')
      await shown(page.getByRole('option', { name: 'Europe/Lisbon' }))
      await page.keyboard.press('Enter')
      await shown(page.getByText(/It is .+ there\.$/))
      await becomes(async () => (await settingsOf(ivans)).timezone, 'Europe/Lisbon')
      await visitor.go('/settings/profile')
      await becomes(() => zone.inputValue(), 'Europe/Lisbon')
      await expectAccessible(visitor)
      await visitor.picture('settings-profile')

      await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: 'Deutsch' })
      await shown(page.getByRole('heading', { name: 'Profil', level: 1 }))
      await page.getByRole('combobox', { name: 'Sprache' }).selectOption({ label: 'English' })
      await shown(page.getByRole('heading', { name: 'Profile', level: 1 }))
    },
    STORY_TIMEOUT,
  )

  test(
    '[I7-surfaces] what is asked before it runs, and where messages go, is set for all apps and for one',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      await signIn(visitor, ivan, '/settings/confirmations')
      const asks = page.getByRole('switch', { name: 'Ask before functions that write' })
      await asks.click()
      await becomes(async () => (await settingsOf(ivans)).confirmation_enabled, true)
      await becomes(() => asks.isChecked(), true)
      await page.getByRole('combobox', { name: 'A question waits for' }).selectOption({ label: '15 minutes' })
      await becomes(async () => (await settingsOf(ivans)).confirmation_ttl, 900)
      await page.getByRole('combobox', { name: 'Confirmations of Notes' }).selectOption({ label: 'Run without asking' })
      await becomes(async () => (await settingsOf(ivans)).confirmation_overrides, { notes: false })
      await expectAccessible(visitor)
      // What was set is what happens: tasks ask now, notes do not.
      const task = await ivans.call('tasks', 'add_task', { title: 'Water the fern' })
      expect(task).toMatchObject({ error_code: 'CONFIRMATION_REQUIRED' })
      expect(await ivans.call('notes', 'create_note', { title: 'Fern' })).toMatchObject({ status: 'success' })

      await section(visitor, 'Notifications').click()
      const mail = page.getByRole('checkbox', { name: 'By e-mail' })
      await mail.click()
      await becomes(async () => (await settingsOf(ivans)).notifications, {
        enabled: true,
        default: ['bell', 'email'],
        apps: {},
      })
      await page.getByRole('combobox', { name: 'Notifications of Notes' }).selectOption({ label: 'Off' })
      await becomes(
        async () => ((await settingsOf(ivans)).notifications as { apps: Record<string, unknown> }).apps.notes,
        'off',
      )
      await expectAccessible(visitor)
      const all = page.getByRole('switch', { name: 'Notifications' })
      await becomes(() => all.isDisabled(), false)
      await all.click()
      await becomes(() => mail.isDisabled(), true)
      await visitor.go('/settings/notifications')
      await becomes(() => all.isChecked(), false)
      await becomes(() => page.getByRole('combobox', { name: 'Notifications of Notes' }).inputValue(), 'off')
      await visitor.picture('settings-notifications')
    },
    STORY_TIMEOUT,
  )

  test(
    '[I7-surfaces] an API key is made, copied once, used within its scopes, and refused after it was revoked',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await signIn(visitor, judy, '/settings/keys')
      await page.getByRole('button', { name: 'Create key' }).click()
      const dialog = page.getByRole('dialog', { name: 'Create an API key' })
      await dialog.getByRole('textbox', { name: /^Name/ }).fill('Backup script')
      await dialog.getByRole('radio', { name: /^Some scopes/ }).click()
      await dialog.getByRole('button', { name: 'Create key' }).click()
      await shown(dialog.getByText('Choose at least one scope.'))
      const scopes = dialog.getByRole('combobox', { name: /^Scopes/ })
      await scopes.fill('reads in notes')
      await shown(dialog.getByRole('option', { name: /^notes:read Call what reads in Notes/ }))
      await page.keyboard.press('Enter')
      await shown(dialog.getByRole('button', { name: 'Remove notes:read' }))
      await expectAccessible(visitor)
      await visitor.picture('settings-new-key')
      await dialog.getByRole('button', { name: 'Create key' }).click()
      await gone(dialog)
      await page.getByRole('button', { name: 'Copy the key' }).click()
      await shown(page.getByRole('button', { name: 'Copied' }))
      const key = String(await page.evaluate('navigator.clipboard.readText()'))
      const bearer = { authorization: `Bearer ${key}` }
      const use = (name: string, params: object) =>
        send(
          `${stage.server.url}/v1/extensions/notes/call`,
          'POST',
          { user_id: judys.userId, function: name, params },
          bearer,
        )
      expect(await use('list_notes', {})).toMatchObject({ status: 200, body: { status: 'success' } })
      expect(await use('create_note', { title: 'Not by this key' })).toMatchObject({
        body: { error_code: 'PERMISSION_DENIED' },
      })
      await visitor.go('/settings/keys')
      const list = page.getByRole('list', { name: 'API keys' })
      await shown(list.getByText(/notes:read/))
      await gone(page.getByText(key))
      await list.getByRole('button', { name: 'Revoke Backup script' }).click()
      await page.getByRole('button', { name: 'Revoke key' }).click()
      await shown(page.getByText('No API keys'))
      expect((await use('list_notes', {})).status).toBe(401)
    },
    STORY_TIMEOUT,
  )

  test(
    '[I7-surfaces] another device is signed out from here, and a new password signs out every other one',
    async () => {
      const visitor = await stage.open()
      const other = await stage.open({ width: 390 })
      const { page } = visitor
      await signIn(other, judy)
      await signIn(visitor, judy, '/settings/devices')
      const devices = page.getByRole('list', { name: 'Signed-in devices' }).getByRole('listitem')
      await shown(devices.first())
      const before = await devices.count()
      await shown(devices.filter({ hasText: 'this browser' }))
      await expectAccessible(visitor)
      other.expectErrors(/status of 401|401/)
      const browsers = devices.filter({ hasText: 'web' }).filter({ hasNotText: 'this browser' })
      await browsers
        .first()
        .getByRole('button', { name: /^Sign out / })
        .click()
      await becomes(() => devices.count(), before - 1)
      await other.page.reload()
      await shown(other.page.getByRole('button', { name: 'Sign in' }))
      await submitSignIn(other, judy)
      await shown(other.page.getByRole('button', { name: /^Account of/ }))

      await section(visitor, 'Profile').click()
      const form = page.getByRole('region', { name: 'Password' })
      visitor.expectErrors(/status of 400/)
      await form.getByLabel(/^Current password/).fill('not it at all')
      await form.getByLabel(/^New password/).fill('slow lanterns drift home')
      await form.getByRole('button', { name: 'Change password' }).click()
      await becomes(() => form.getByLabel(/^Current password/).getAttribute('aria-invalid'), 'true')
      await form.getByLabel(/^Current password/).fill(judy.password)
      await form.getByRole('button', { name: 'Change password' }).click()
      await shown(form.getByText('The password is changed. Every other device was signed out.'))
      await other.page.reload()
      await submitSignIn(other, { ...judy, password: 'slow lanterns drift home' })
      await shown(other.page.getByRole('button', { name: /^Account of/ }))
      await section(visitor, 'Devices').click()
      await becomes(() => devices.count(), 2)
      await page.getByRole('button', { name: 'Sign out all other devices…' }).click()
      await page.getByRole('button', { name: 'Sign out other devices' }).click()
      await shown(page.getByText('Nothing else is signed in.'))
    },
    STORY_TIMEOUT,
  )
})
