import type { Locator } from 'playwright-core'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { violationsOf } from './support/axe.ts'
import { existing, person, submitSignIn } from './support/people.ts'
import { becomes, gone, PATIENCE, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { useStage, type Visitor } from './support/stage.ts'

const stage = useStage()
const grace = person('Grace')
const heidi = person('Heidi')

beforeAll(async () => {
  if (inject('chromium') === '') return
  await existing(stage.server, grace, ['notes'])
  await existing(stage.server, heidi, ['notes'])
}, PATIENCE)

const document = ({ page }: Visitor) =>
  page.evaluate("[document.documentElement.lang, document.documentElement.dir].join(' ')")
const startOf = async (locator: Locator) => {
  const box = await locator.boundingBox()
  if (box === null) throw new Error(`${locator} is not on the screen`)
  return box.x
}
/** Fills the sign-in form by what kind its fields are, whatever they are called. */
async function signInAs(visitor: Visitor, who: typeof grace): Promise<void> {
  const { page } = visitor
  await page.locator('input[type=email]').fill(who.email)
  await page.locator('input[type=password]').fill(who.password)
  await page.locator('form button[type=submit]').click()
}
const isWiderThanItsWindow = ({ page }: Visitor) =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')

test(
  '[I7-i18n] a German browser gets German words, dates and numbers without being asked',
  async () => {
    const visitor = await stage.open({ locale: 'de-DE' })
    const { page } = visitor
    visitor.expectErrors(/status of 401/)
    await visitor.go('/sign-in')
    await shown(page.getByRole('heading', { name: 'Anmelden' }))
    expect(await document(visitor)).toBe('de ltr')
    await page.getByRole('button', { name: 'Anmelden' }).click()
    await shown(page.getByText('Geben Sie Ihr Passwort ein.'))
    await signInAs(visitor, grace)
    await shown(page.getByRole('button', { name: /^Konto von Grace/ }))
    await shown(page.getByRole('navigation', { name: 'Bereiche' }).getByRole('link', { name: 'Marktplatz' }))
    await shown(page.getByRole('textbox', { name: 'Nachricht' }))
    await shown(page.getByText('Noch nichts gesagt'))
    await shown(page.getByText('Kein Sprachmodell: Wörter werden Funktionen zugeordnet.'))
    await page.getByRole('textbox', { name: 'Nachricht' }).fill('/notes.')
    await shown(page.getByRole('listbox', { name: 'Funktionen' }))
    await page.getByRole('button', { name: 'Unterhaltungen' }).click()
    await shown(page.getByRole('searchbox', { name: 'Unterhaltungen durchsuchen' }))
    await page.keyboard.press('Escape')
    // Sections of an administrator are neither offered nor shown to anybody else.
    await gone(page.getByRole('navigation', { name: 'Bereiche' }).getByRole('link', { name: 'Verwaltung' }))
    await visitor.go('/admin/models')
    await shown(page.getByText('Nur für die Verwaltung'))
    await gone(page.getByRole('link', { name: 'Sprachmodelle' }))
    await visitor.go('/settings/usage')
    await shown(page.getByText('Kein Modell wurde gefragt'))
    await shown(page.getByText('0 Tokens der Modelle dieser Installation in diesem Monat.'))
    expect(await page.getByRole('combobox', { name: 'Zeit' }).innerText()).toContain('Die letzten 30 Tage')
    await visitor.go('/settings/profile')
    await shown(page.getByRole('heading', { name: 'Darstellung, Sprache und Zeit' }))
    await shown(page.getByText(/1\.000 Credits sind ein Dollar/))
    await shown(page.getByText(/^(?:heute|gestern) \d\d:\d\d$/).first()) // it may be midnight meanwhile
    await visitor.picture('german-profile')
  },
  STORY_TIMEOUT,
)

describe('Arabic', () => {
  test(
    '[I7-i18n] chosen in the settings, it turns the whole shell round and comes along to other devices',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      await visitor.go('/settings/profile')
      await submitSignIn(visitor, heidi)
      await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: 'العربية' })
      await shown(page.getByRole('heading', { name: 'المظهر واللغة والوقت' }))
      expect(await document(visitor)).toBe('ar rtl')

      await page.getByRole('navigation', { name: 'التطبيقات' }).getByRole('link', { name: 'Notes' }).click()
      const list = page.getByRole('region', { name: 'Notes، لوحة التنقل' })
      await shown(list.getByRole('listitem').first())
      const [rail, left, chat] = [
        await startOf(page.getByRole('navigation', { name: 'التطبيقات' })),
        await startOf(list),
        await startOf(page.getByRole('main')),
      ]
      expect(rail).toBeGreaterThan(left)
      expect(left).toBeGreaterThan(chat)
      expect(await isWiderThanItsWindow(visitor)).toBe(false)
      await visitor.picture('arabic-notes')

      // The edge between the columns moves the way it is pulled: away from the rail makes the panel wider.
      const edge = page.getByRole('separator', { name: /Notes/ }).first()
      const before = Number(await edge.getAttribute('aria-valuenow'))
      await edge.focus()
      await page.keyboard.press('ArrowLeft')
      await becomes(async () => Number(await edge.getAttribute('aria-valuenow')) > before, true)

      expect(await violationsOf(page)).toEqual([])

      const other = await stage.open({ width: 390 })
      await other.go('/settings/profile')
      await submitSignIn(other, heidi)
      await shown(other.page.getByRole('heading', { name: 'المظهر واللغة والوقت' }))
      expect(await isWiderThanItsWindow(other)).toBe(false)
      await other.picture('arabic-profile')
    },
    STORY_TIMEOUT,
  )
})
