import { beforeAll, expect, inject, test } from 'vitest'
import { signInAdmin } from '../support/session.ts'
import { existing, person, signIn, submitSignIn } from './support/people.ts'
import { becomes, PATIENCE, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { useStage, type Visitor } from './support/stage.ts'

const stage = useStage()
const grace = person('Grace')
const heidi = person('Heidi')
const THEME = {
  colors: {
    primary: { light: '#7a1f5c', dark: '#f09ac9' },
    'text-on-primary': { light: '#ffffff', dark: '#2a0a1e' },
    'surface-1': { light: '#fbf6f9', dark: '#1d1319' },
  },
  density: 'compact',
  radius: 'sharp',
}

beforeAll(async () => {
  if (inject('chromium') === '') return
  const admin = await signInAdmin(stage.server)
  await admin.request('POST', '/v1/agencies', { agency_id: 'northwind', display_name: 'Northwind Studio' })
  const themed = await admin.request('PUT', '/v1/agencies/northwind/theme', THEME)
  if (themed.status !== 200) throw new Error(`the theme answered ${themed.status}: ${JSON.stringify(themed.body)}`)
  await existing(stage.server, heidi)
  await admin.request('POST', '/v1/users', { ...grace, agency_id: 'northwind', first_name: 'Grace' })
}, PATIENCE)

/** Colours as the browser paints them, and what the tokens come to. */
const look = ({ page }: Visitor) =>
  page.evaluate(`(() => {
    const style = (selector) => getComputedStyle(document.querySelector(selector))
    return {
      bar: style('.topbar').backgroundColor,
      height: style('.topbar').height,
      radius: getComputedStyle(document.documentElement).getPropertyValue('--radius-factor').trim(),
    }
  })()`)

test(
  '[UI4.15] people of an agency see its name, colours, density and corners in both themes; others do not',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, grace)
    await shown(page.getByRole('link', { name: 'Northwind Studio, to the assistant' }))
    await becomes(() => look(visitor), { bar: 'rgb(251, 246, 249)', height: '44px', radius: '0' })
    await page.getByRole('button', { name: 'Use the dark theme' }).click()
    await becomes(() => look(visitor), { bar: 'rgb(29, 19, 25)', height: '44px', radius: '0' })
    await visitor.picture('agency')

    // The next visit is painted from the start: no request has been answered when the bar stands.
    await page.route('**/v1/agencies/me', () => undefined)
    await page.reload()
    await shown(page.getByRole('link', { name: 'Northwind Studio, to the assistant' }))
    expect(await look(visitor)).toEqual({ bar: 'rgb(29, 19, 25)', height: '44px', radius: '0' })

    // Nothing of it is left for the next person at this browser.
    await page.getByRole('button', { name: /^Account of/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await shown(page.getByRole('heading', { name: 'Sign in' }))
    await submitSignIn(visitor, heidi)
    await shown(page.getByRole('link', { name: 'Imperal, to the assistant' }))
    await becomes(() => look(visitor), { bar: 'rgb(24, 24, 23)', height: '48px', radius: '1' })
  },
  STORY_TIMEOUT,
)

test(
  '[UI4.15] an administrator sets the look of an agency in the panel; its domain wears it before anybody signs in',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, { email: stage.server.adminEmail, password: stage.server.adminPassword })
    await page.goto(`${stage.server.url}/admin/agencies`)
    await page.getByRole('button', { name: 'New agency' }).click()
    const dialog = page.getByRole('dialog', { name: 'New agency' })
    await dialog.getByRole('textbox', { name: /^Id/ }).fill('harbour')
    await dialog.getByRole('textbox', { name: /^Name/ }).fill('Harbour')
    await dialog.getByLabel('Domain').fill('localhost')
    await dialog.getByLabel('Support address').fill('help@harbour.example')
    const bars = dialog.getByRole('group', { name: 'Bars and cards' })
    await bars.getByLabel('Light theme').fill('#fbf6f9')
    await dialog.getByRole('button', { name: 'Create agency' }).click()
    await shown(dialog.getByText('A colour such as #1a2b3c, for both themes.').first())
    await bars.getByLabel('Dark theme').fill('#1d1319')
    // Its settings are refused after it was made; the next press does not make it again.
    await dialog.getByLabel('Support address').fill('nobody')
    visitor.expectErrors(/status of 422/)
    const refused = page.waitForResponse((response) => response.status() === 422)
    await dialog.getByRole('button', { name: 'Create agency' }).click()
    await refused
    await dialog.getByLabel('Support address').fill('help@harbour.example')
    await dialog.getByRole('button', { name: 'Create agency' }).click()
    await shown(page.getByRole('list', { name: 'Agencies' }).getByText('localhost'))

    const stranger = await stage.open()
    await stranger.page.goto(`${stage.server.url.replace('127.0.0.1', 'localhost')}/sign-in`)
    await shown(stranger.page.locator('.auth-brand').getByText('Harbour'))
    await shown(stranger.page.getByRole('link', { name: 'help@harbour.example' }))
    await stranger.page.goto(`${stage.server.url}/sign-in`)
    await shown(stranger.page.locator('.auth-brand').getByText('Imperal'))
  },
  STORY_TIMEOUT,
)
