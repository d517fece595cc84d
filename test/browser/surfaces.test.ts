import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Session, send, signInAdmin, signIn as signInByApi } from '../support/session.ts'
import { startStripeServer } from '../support/stripe-server.ts'
import { violationsOf } from './support/axe.ts'
import { existing, person, signIn } from './support/people.ts'
import { becomes, gone, PATIENCE, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { centerPanel, leftPanel } from './support/shell.ts'
import { useStage, type Visitor } from './support/stage.ts'

/** The bank and the payment provider; the platform takes payments by them once an administrator has stored their keys. */
const stripe = await startStripeServer()
const stage = useStage(async () => ({ IMPERAL_PAYOUT_MINIMUM: '2500', IMPERAL_STRIPE_API_URL: stripe.url }))
const grace = person('Grace')
const heidi = person('Heidi')
let heidisCalls: Session['call']
let heidisRequest: Session['request']

beforeAll(async () => {
  if (inject('chromium') === '') return
  await existing(stage.server, grace, ['notes'])
  const heidis = await existing(stage.server, heidi, ['notes'])
  heidisCalls = heidis.call
  heidisRequest = heidis.request
}, PATIENCE)

afterAll(() => stripe.close())

const admin = () => ({ email: stage.server.adminEmail, password: stage.server.adminPassword })
async function expectAccessible({ page }: Visitor): Promise<void> {
  expect(await violationsOf(page)).toEqual([])
}
const balanceOf = ({ page }: Visitor) => page.locator('.pg-balance strong').innerText()

describe('the wallet', () => {
  test(
    '[I7-surfaces] shows movements, usage and plans; credits and a plan come when the operator says that the money has arrived',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      await signIn(visitor, grace)
      await page.getByRole('button', { name: /^Account of/ }).click()
      await page.getByRole('menuitem', { name: 'Wallet' }).click()
      await shown(page.getByRole('region', { name: 'Movements' }).getByRole('cell', { name: '+500' }).first())
      await becomes(() => balanceOf(visitor), '500')
      await visitor.picture('wallet')
      await expectAccessible(visitor)

      const nav = page.getByRole('navigation', { name: 'Wallet' })
      await nav.getByRole('link', { name: 'Usage' }).click()
      await shown(page.getByRole('list', { name: 'Usage' }).getByRole('listitem').first())
      await expectAccessible(visitor)
      await visitor.picture('wallet-usage')

      await nav.getByRole('link', { name: 'Buy credits' }).click()
      const tiers = page.getByRole('list', { name: 'Buy credits' })
      await tiers.getByRole('button').first().click()
      await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: /^Pay / }).click()
      await shown(page.getByText(/credits are yours as soon as the payment has arrived/).first())
      await shown(page.getByRole('region', { name: 'Automatic top-up' }).getByText('Needs a stored card.'))
      await visitor.picture('wallet-credits')

      await nav.getByRole('link', { name: 'Plans' }).click()
      await page
        .getByRole('button', { name: /^Choose / })
        .first()
        .click()
      await page.getByRole('button', { name: /^Change to / }).click()
      await shown(page.getByText(/begins as soon as the payment has arrived/).first())
      await visitor.picture('wallet-plans')

      await nav.getByRole('link', { name: 'Payments' }).click()
      await shown(page.getByRole('list', { name: 'Payments' }).getByText('waits').first())
      await page.getByRole('textbox', { name: 'Company' }).fill('Hopper & Co')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await shown(page.getByRole('button', { name: 'Saved' }))
      await expectAccessible(visitor)

      const operator = await stage.open()
      await signIn(operator, admin(), '/admin/money')
      const waiting = operator.page.getByRole('list', { name: 'Payments' })
      await shown(waiting.getByText(grace.email).first())
      await operator.picture('admin-money')
      await expectAccessible(operator)
      const arrived = waiting.getByRole('button', { name: /has arrived$/ })
      for (let left = await arrived.count(); left > 0; left--) {
        await arrived.first().click()
        await becomes(() => arrived.count(), left - 1)
      }
      await nav.getByRole('link', { name: 'Wallet' }).click()
      await becomes(async () => Number((await balanceOf(visitor)).replaceAll(',', '')) > 500, true)
    },
    STORY_TIMEOUT,
  )

  test(
    '[K10.21] a bank asks: its page can be left and found again, a yes brings the credits without any message, a no is said',
    async () => {
      const headers = {
        'x-service-token': stage.server.serviceToken,
        'x-acting-user': (await signInAdmin(stage.server)).userId,
      }
      const configure = (config: object) =>
        send(`${stage.server.url}/v1/internal/billing/stripe-config`, 'PUT', config, headers)
      const keys = { secret_key: stripe.secretKey, publishable_key: 'pk_test_1', enabled: true }
      expect((await configure(keys)).status).toBe(200)
      const visitor = await stage.open()
      const { page } = visitor
      await signIn(visitor, heidi, '/wallet/payments')
      await page.getByRole('button', { name: 'Manage cards' }).click()
      await page.getByRole('link', { name: 'Add a card that asks' }).click()
      await shown(page.getByRole('list', { name: 'Cards' }).getByText(/^visa/))

      const nav = page.getByRole('navigation', { name: 'Wallet' })
      const payments = page.getByRole('list', { name: 'Payments' }).getByRole('listitem')
      const buy = async () => {
        await nav.getByRole('link', { name: 'Buy credits' }).click()
        await page.getByRole('list', { name: 'Buy credits' }).getByRole('button').first().click()
        await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: /^Pay / }).click()
        await shown(page.getByRole('link', { name: 'Confirm the payment' }))
      }
      await buy()
      await visitor.go('/wallet/payments')
      await shown(payments.first().getByText('Your bank wants to ask you.'))
      await expectAccessible(visitor)
      await visitor.picture('wallet-payment-open')
      await page.getByRole('link', { name: 'Finish the payment' }).click()
      await page.getByRole('link', { name: 'Confirm the payment' }).click()
      await shown(payments.first().getByText('paid', { exact: true }))
      await nav.getByRole('link', { name: 'Wallet' }).click()
      await becomes(() => balanceOf(visitor), '10,500')

      await buy()
      await page.getByRole('link', { name: 'Refuse it' }).click()
      await shown(payments.first().getByText('It did not go through; nothing was charged.'))
      await gone(page.getByRole('link', { name: 'Finish the payment' }))
      await visitor.picture('wallet-payment-failed')
      await nav.getByRole('link', { name: 'Wallet' }).click()
      await becomes(() => balanceOf(visitor), '10,500')

      await nav.getByRole('link', { name: 'Buy credits' }).click()
      const topup = page.getByRole('region', { name: 'Automatic top-up' })
      await topup.getByRole('switch', { name: 'Buy credits when few are left' }).click()
      await topup
        .getByRole('combobox', { name: 'When less is left than' })
        .selectOption({ label: '20 % of the full wallet' })
      await expectAccessible(visitor)
      await topup.getByRole('button', { name: 'Save', exact: true }).click()
      const agreed = async () => {
        const { body } = await heidisRequest('GET', '/v1/billing/auto-topup')
        const { enabled, threshold_pct } = body as { enabled: boolean; threshold_pct: number }
        return [enabled, threshold_pct]
      }
      await becomes(agreed, [true, 20])
      await visitor.go('/wallet/credits')
      await becomes(() => topup.getByRole('switch').isChecked(), true)
      await topup.getByRole('switch').click()
      await topup.getByRole('button', { name: 'Save', exact: true }).click()
      await shown(page.getByText('Nothing is bought by itself').first())
      expect((await configure({ enabled: false })).status).toBe(200)
    },
    STORY_TIMEOUT,
  )
})

describe('the developer portal', () => {
  test(
    '[I7-surfaces] somebody becomes a developer, makes an app, says what it is, and deploys it from a document',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      visitor.expectErrors(/status of (403|404)/)
      await signIn(visitor, heidi, '/developer/apps')
      await page.getByRole('textbox', { name: /^Public handle/ }).fill('heidi-works')
      await page.getByRole('button', { name: 'Become a developer' }).click()
      await page.getByRole('button', { name: 'New app' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: /^Name/ }).fill('Plant care')
      await dialog.getByRole('textbox', { name: /^Id/ }).fill('Plant Care')
      await dialog.getByRole('button', { name: 'Create app' }).click()
      await shown(dialog.getByText('An id is 3 to 50 lower-case letters, digits and hyphens.'))
      await dialog.getByRole('textbox', { name: /^Id/ }).fill('plant-care')
      await dialog.getByRole('button', { name: 'Create app' }).click()
      await shown(page.getByRole('heading', { name: /^Plant care/, level: 1 }))
      await shown(page.getByText('Nobody has called it yet'))
      await expectAccessible(visitor)

      await page.getByRole('tab', { name: 'Listing' }).click()
      await page.getByRole('textbox', { name: /^What it does/ }).fill('Says which plants want water')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await shown(page.getByText('Says which plants want water').first())
      await expectAccessible(visitor)

      await page.getByRole('tab', { name: 'Deploys' }).click()
      await shown(page.getByText('Nothing is deployed yet.'))
      await page.getByRole('button', { name: 'Document' }).click()
      await shown(page.getByText('Nothing to mend. The document can be deployed.'))
      await page.getByRole('button', { name: 'Deploy', exact: true }).click()
      await shown(page.getByText(/^Revision 1 is live/))
      await visitor.go('/developer/apps/plant-care?tab=deploys')
      await shown(page.getByRole('list', { name: 'Deploys' }).getByText('live'))
      await visitor.picture('developer-deploys')

      await page.getByRole('tab', { name: 'Logs' }).click()
      await shown(page.getByText('Nothing yet'))
      await heidisCalls('plant-care', 'add_entry', { title: 'Fern' })
      const line = page.getByRole('list', { name: 'Logs' }).getByRole('listitem').filter({ hasText: 'add_entry' })
      await shown(line.getByText('success'))
      await expectAccessible(visitor)
      await visitor.picture('developer-logs')

      await page.getByRole('navigation', { name: 'Developer' }).getByRole('link', { name: 'Earnings' }).click()
      await shown(page.getByText('Nothing was paid out yet'))
      await shown(page.getByText('2,500 credits at the least; 1,000 credits are one dollar.'))
      await expectAccessible(visitor)
      await visitor.picture('developer-earnings')
      await page.getByRole('navigation', { name: 'Developer' }).getByRole('link', { name: 'My apps' }).click()
      await shown(page.getByRole('main').getByRole('link', { name: 'Plant care' }))
      await expectAccessible(visitor)
      await visitor.picture('developer-apps')
    },
    STORY_TIMEOUT,
  )
})

const LEAF = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M1 7Q1 1 7 1Q7 7 1 7"/></svg>'

describe('an app from its price to its payout', () => {
  test(
    '[I7-surfaces] a developer names and prices an app; it is sent back with a reason, published, installed for a price, paid for, suspended, and what it earned is paid out',
    async () => {
      const developer = await stage.open()
      const operator = await stage.open()
      const { page } = developer
      await signIn(developer, heidi, '/developer/apps/plant-care?tab=listing')
      await page.getByRole('textbox', { name: /^Name/ }).fill('Plant doctor')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await shown(page.getByRole('heading', { name: /^Plant doctor/, level: 1 }))
      const mine = page.getByRole('navigation', { name: 'Developer' }).getByRole('link', { name: 'Plant doctor' })
      await becomes(() => mine.getAttribute('aria-current'), 'page')
      await shown(page.getByText('Next: submit it to the review. Until it is published only you see it.'))
      const price = page.getByRole('region', { name: 'Price' })
      await price.getByRole('combobox', { name: 'Price' }).selectOption({ label: 'Per action' })
      await price.getByRole('textbox', { name: 'Credits for add_entry' }).fill('5000')
      await expectAccessible(developer)
      await price.getByRole('button', { name: 'Save price' }).click()
      await shown(price.getByRole('button', { name: 'Saved' }))
      await developer.picture('developer-price')
      const submit = async () => {
        await page.getByRole('button', { name: 'Submit…' }).click()
        await page.getByRole('button', { name: 'Submit', exact: true }).click()
      }
      const waits = async () => {
        await shown(page.getByText('It waits for the review. Nothing is left to do for you.'))
      }
      await submit()
      // What is missing stays on the page until it is there.
      const missing = page.getByRole('listitem').filter({ hasText: 'Deploy the app with an SVG icon.' })
      await shown(missing)
      const { ir_dict } = (await heidisRequest('GET', '/v1/developer/apps/plant-care/ir/document')).body as {
        ir_dict: { app: object }
      }
      const app = { ...ir_dict.app, icon: LEAF }
      const deployed = await heidisRequest('POST', '/v1/developer/apps/plant-care/ir', {
        ir_dict: { ...ir_dict, app },
        dev_mode: true,
      })
      expect(deployed.status).toBe(201)
      await submit()
      await waits()
      await gone(missing)

      // Only from this tier on developers are paid.
      const tier = {
        user_id: (await heidisRequest('GET', '/v1/auth/me').then(({ body }) => body as { id: string })).id,
        tier: 'indie',
      }
      expect((await (await signInAdmin(stage.server)).request('POST', '/v1/admin/developer/tier', tier)).status).toBe(
        200,
      )
      await signIn(operator, admin(), '/admin/reviews')
      const waiting = operator.page.getByRole('list', { name: 'Apps waiting for review' })
      const dialog = operator.page.getByRole('dialog')
      await waiting.getByRole('button', { name: 'Reject Plant doctor' }).click()
      await dialog.getByRole('button', { name: 'Reject Plant doctor' }).click()
      await shown(dialog.getByText('Say what has to change.'))
      await dialog.getByRole('textbox', { name: /^Reason/ }).fill('Say in the description for which plants.')
      await expectAccessible(operator)
      await dialog.getByRole('button', { name: 'Reject Plant doctor' }).click()
      await gone(dialog)
      await developer.go('/developer/apps/plant-care')
      await shown(page.getByText('Say in the description for which plants.'))
      await developer.picture('developer-sent-back')
      await expectAccessible(developer)
      await submit()
      await waits()
      await operator.go('/admin/reviews')
      await waiting.getByRole('button', { name: 'Publish Plant doctor' }).click()
      const published = operator.page.getByRole('list', { name: 'Published apps' }).getByRole('listitem')
      const row = published.filter({ hasText: 'Plant doctor' })
      await shown(row.getByText('published', { exact: true }))
      await expectAccessible(operator)

      const buyer = await stage.open({ width: 390 })
      await signIn(buyer, grace, '/marketplace/plant-care')
      const install = buyer.page.getByRole('button', { name: 'Install Plant doctor' })
      await shown(install)
      const box = await install.boundingBox()
      expect((box?.y ?? 900) + (box?.height ?? 0), 'the button is seen without scrolling').toBeLessThan(844)
      await shown(buyer.page.getByText('up to 5,000 credits a call'))
      await expectAccessible(buyer)
      await buyer.picture('marketplace-priced')
      await install.click()
      const question = buyer.page.getByRole('alertdialog').or(buyer.page.getByRole('dialog'))
      await shown(question.getByText(/It costs credits: up to 5,000 credits a call/))
      await question.getByRole('button', { name: 'Install Plant doctor' }).click()
      await shown(buyer.page.getByRole('button', { name: 'Open Plant doctor' }))
      const graces = await signInByApi(stage.server, grace.email, grace.password)
      let paid = 0
      while ((await graces.call('plant-care', 'add_entry', { title: `Fern ${paid}` })).status === 'success') paid++
      expect(paid).toBeGreaterThan(1)

      const reader = await stage.open()
      await signIn(reader, grace, '/wallet/movements')
      const movement = reader.page.getByRole('row').filter({ hasText: 'plant-care.add_entry' }).first()
      await shown(movement.getByRole('cell', { name: '−5,000' }))
      const left = Number((await balanceOf(reader)).replaceAll(',', ''))
      await shown(movement.getByRole('cell', { name: left.toLocaleString('en-GB'), exact: true }))
      await shown(reader.page.getByRole('progressbar', { name: 'Credits of the plan that are used' }))
      await expectAccessible(reader)
      await reader.picture('wallet-spent')
      await movement.getByRole('link', { name: /^Trace/ }).click()
      await shown(reader.page.getByRole('dialog', { name: 'Trace' }).getByText(/Price: 5000 credits for 1 call/))
      await reader.picture('activity-trace')
      await expectAccessible(reader)

      await row.getByRole('button', { name: 'Suspend Plant doctor' }).click()
      await dialog.getByRole('textbox', { name: /^Reason/ }).fill('Fern is no plant of ours.')
      await dialog.getByRole('button', { name: 'Suspend Plant doctor' }).click()
      await shown(row.getByText('suspended', { exact: true }))
      expect(
        (
          await graces.request('POST', '/v1/extensions/plant-care/call', {
            user_id: graces.userId,
            function: 'add_entry',
            params: { title: 'Moss' },
          })
        ).status,
      ).toBe(403)
      await row.getByRole('button', { name: 'Publish Plant doctor' }).click()
      await operator.page.getByRole('button', { name: 'Publish', exact: true }).click()
      await shown(row.getByText('published', { exact: true }))

      await buyer.go('/marketplace?view=installed')
      const owned = buyer.page.getByRole('list', { name: 'Installed apps' })
      await owned.getByRole('button', { name: 'More about Plant doctor' }).click()
      await buyer.page.getByRole('menuitem', { name: 'Uninstall…' }).click()
      await buyer.page.getByRole('button', { name: 'Uninstall Plant doctor' }).click()
      await gone(owned.getByText('Plant doctor'))

      await developer.go('/developer/earnings')
      const ask = page.getByRole('region', { name: 'Ask for a payout' })
      const amount = ask.getByRole('textbox', { name: 'Credits' })
      const payouts = page.getByRole('list', { name: 'Payouts' }).getByRole('listitem')
      await amount.fill('100')
      await ask.getByRole('button', { name: 'Ask for it' }).click()
      await shown(ask.getByText('2,500 credits at the least.'))
      await amount.fill('2500')
      await ask.getByRole('button', { name: 'Ask for it' }).click()
      await shown(payouts.filter({ hasText: '2,500 credits' }).first())
      await operator.go('/admin/money')
      const asked = operator.page.getByRole('list', { name: 'Payouts' })
      await asked.getByRole('button', { name: /^Agree to / }).click()
      await asked.getByRole('button', { name: /is paid$/ }).click()
      await gone(asked)
      await developer.go('/developer/earnings')
      await shown(payouts.first().getByText('paid', { exact: true }))
      await amount.fill('2500')
      await ask.getByRole('button', { name: 'Ask for it' }).click()
      await becomes(() => payouts.count(), 2)
      await operator.go('/admin/money')
      await asked.getByRole('button', { name: /^Reject / }).click()
      await gone(asked)
      await developer.go('/developer/earnings')
      await shown(payouts.getByText('sent back', { exact: true }))
      await developer.picture('developer-payouts')
      await expectAccessible(developer)

      await developer.go('/developer/apps/plant-care')
      await page.getByRole('button', { name: 'Pause…' }).click()
      await page.getByRole('button', { name: 'Pause the app' }).click()
      await shown(page.getByText('It is paused and runs for nobody. Next: submit it again.'))
    },
    STORY_TIMEOUT,
  )
})

describe('the administration', () => {
  test(
    '[I7-surfaces] a role is made, changed and deleted; a tenant is made and renamed',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      await signIn(visitor, admin(), '/admin/roles')
      await page.getByRole('button', { name: 'New role' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: /^Id/ }).fill('bookkeeper')
      await dialog.getByRole('textbox', { name: /^Name/ }).fill('Bookkeeper')
      const may = dialog.getByRole('combobox', { name: /^May\b(?! not)/ })
      await may.fill('see balance')
      await shown(dialog.getByRole('option', { name: /^billing:read See balance and usage/ }))
      await page.keyboard.press('Enter')
      await expectAccessible(visitor)
      await dialog.getByRole('button', { name: 'Create role' }).click()
      await gone(dialog)
      const row = page.getByRole('list', { name: 'Roles' }).getByRole('listitem').filter({ hasText: 'bookkeeper' })
      await shown(row.getByText('1 scope'))

      await row.getByRole('button', { name: 'Actions for Bookkeeper' }).click()
      await page.getByRole('menuitem', { name: 'Change…' }).click()
      await shown(dialog.getByRole('button', { name: 'Remove billing:read' }))
      // One that no list has is typed.
      await may.fill('ledgers:read')
      await page.keyboard.press('Enter')
      await shown(dialog.getByRole('button', { name: 'Remove ledgers:read' }))
      await dialog.getByRole('button', { name: 'Save role' }).click()
      await shown(row.getByText('2 scopes'))

      await row.getByRole('button', { name: 'Actions for Bookkeeper' }).click()
      await page.getByRole('menuitem', { name: 'Delete…' }).click()
      await page.getByRole('button', { name: 'Delete role' }).click()
      await gone(row)

      await visitor.go('/admin/tenants')
      await page.getByRole('button', { name: 'New tenant' }).click()
      await dialog.getByRole('textbox', { name: /^Id/ }).fill('harbour')
      await dialog.getByRole('textbox', { name: /^Name/ }).fill('Harbour')
      await dialog.getByRole('button', { name: 'Create tenant' }).click()
      await page.getByRole('button', { name: 'Change Harbour' }).click()
      await dialog.getByRole('textbox', { name: /^Name/ }).fill('Harbour Co-operative')
      await dialog.getByRole('button', { name: 'Save tenant' }).click()
      await shown(page.getByRole('list', { name: 'Tenants' }).getByText('Harbour Co-operative'))

      await visitor.go('/admin/people')
      await page.getByRole('button', { name: 'Add a person' }).click()
      await dialog.getByRole('textbox', { name: 'First name' }).fill('Kim')
      await dialog.getByRole('textbox', { name: /^E-mail address/ }).fill('kim@example.com')
      await dialog.getByLabel(/^First password/).fill(grace.password)
      await dialog.getByRole('combobox', { name: 'Role' }).selectOption({ label: 'Viewer' })
      await expectAccessible(visitor)
      await visitor.picture('admin-new-person')
      await dialog.getByRole('button', { name: 'Create account' }).click()
      await gone(dialog)
      const added = page
        .getByRole('list', { name: 'People' })
        .getByRole('listitem')
        .filter({ hasText: 'kim@example.com' })
      await shown(added.getByText('Viewer', { exact: true }))
      const newcomer = await stage.open()
      await signIn(newcomer, { ...grace, email: 'kim@example.com' })
      await shown(newcomer.page.getByRole('button', { name: /^Account of Kim/ }))
      await expectAccessible(visitor)
    },
    STORY_TIMEOUT,
  )
})

test.each([1440, 390])(
  '[I7-surfaces] what a function of an app may do stands in sight at %i px',
  async (width) => {
    const visitor = await stage.open({ width })
    const { page } = visitor
    await signIn(visitor, heidi, '/marketplace/notes')
    const row = page.getByRole('region', { name: 'Functions' }).getByRole('row').filter({ hasText: 'delete_note' })
    const kind = row.getByText('destructive', { exact: true }).filter({ visible: true })
    await becomes(() => kind.count(), 1)
    const box = await kind.boundingBox()
    expect((box?.x ?? width) + (box?.width ?? 0)).toBeLessThan(width)
  },
  STORY_TIMEOUT,
)

test(
  '[I7-surfaces] reviews of an app: whoever used it writes one, others find it helpful, and its writer changes and deletes it',
  async () => {
    const niaj = person('Niaj')
    const writer = await existing(stage.server, niaj, ['notes'])
    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, niaj, '/marketplace/notes')
    const reviews = page.getByRole('region', { name: /^Reviews/ })
    await shown(reviews.getByText('No reviews yet'))
    const write = async (text: string) => {
      const dialog = page.getByRole('dialog', { name: 'Review of Notes' })
      await dialog.getByRole('textbox', { name: 'Text' }).fill(text)
      await dialog.getByRole('button', { name: 'Save' }).click()
      return dialog
    }
    await reviews.getByRole('button', { name: 'Write a review' }).click()
    const dialog = await write('Too short.')
    await shown(dialog.getByText('At least 20 characters.'))
    await dialog.getByRole('combobox', { name: 'Rating' }).selectOption('4')
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Does what it says')
    await write('Keeps what I write down, and finds it again.')
    visitor.expectErrors(/403 .*\/marketplace\/apps\/notes\/reviews/)
    // The refusal stands in the form, and what was written stays.
    await shown(dialog.getByRole('alert'))
    await expectAccessible(visitor)
    for (let uses = 0; uses < 3; uses++) await writer.call('notes', 'list_notes', {})
    await dialog.getByRole('button', { name: 'Save' }).click()
    await gone(dialog)
    const row = reviews.getByRole('listitem').filter({ hasText: 'Does what it says' })
    await shown(row.getByText('4 of 5'))
    await shown(row.getByText('Keeps what I write down, and finds it again.'))
    await gone(reviews.getByRole('button', { name: 'Write a review' }))
    await row.scrollIntoViewIfNeeded()
    await visitor.picture('marketplace-reviews')
    await expectAccessible(visitor)

    const reader = await stage.open()
    await signIn(reader, heidi, '/marketplace/notes')
    await shown(reader.page.getByText('· 1 review', { exact: true }))
    const vote = reader.page.getByRole('button', { name: /^Helpful/ })
    await vote.click()
    await shown(reader.page.getByRole('button', { name: 'Helpful (1)', pressed: true }))

    await row.getByRole('button', { name: 'Edit' }).click()
    await write('Keeps what I write down, and finds it again at once.')
    await shown(row.getByText('finds it again at once.'))
    await row.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: 'Delete' }).click()
    await shown(reviews.getByText('No reviews yet'))
  },
  STORY_TIMEOUT,
)

test(
  '[I7-surfaces] where notices of automations lead, their panel is, and a rule is put together by keyboard',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    const { keyboard } = page
    await signIn(visitor, heidi, '/automations')
    await shown(page.getByText('No rules yet', { exact: false }))
    expect(new URL(page.url()).pathname).toBe('/ext/automations')
    await expectAccessible(visitor)
    await page.getByRole('button', { name: 'Put one together' }).press('Enter')
    const panel = centerPanel(visitor, 'Automations')

    // What happens and what is done are found by words of theirs.
    for (const [field, words] of [
      ['When this happens', 'every week'],
      ['Do this', 'create note'],
    ] as const) {
      const box = panel.getByRole('combobox', { name: new RegExp(`^${field}`) })
      await box.focus()
      await keyboard.type(words)
      if ((await box.getAttribute('aria-autocomplete')) !== null) {
        await shown(page.getByRole('option').first())
        await keyboard.press('Enter')
      }
    }
    await expectAccessible(visitor)
    // What is sent is not lost: nothing asks whether to leave it.
    await panel.getByRole('button', { name: 'Next' }).press('Enter')
    const title = panel.getByRole('textbox', { name: /^Title/ })
    await shown(title)
    await title.focus()
    await keyboard.type('Standup')
    const at = panel.getByRole('textbox', { name: /^At/ })
    await at.fill('08:30')
    await panel.getByRole('combobox', { name: /^On/ }).focus()
    await keyboard.type('Wed')
    await panel.getByRole('textbox', { name: /^Name/ }).focus()
    await keyboard.type('Every morning')
    await expectAccessible(visitor)
    await visitor.picture('automations-build')
    await keyboard.press('Enter')
    await shown(leftPanel(visitor, 'Automations').getByRole('button', { name: /Every morning/ }))
    await leftPanel(visitor, 'Automations')
      .getByRole('button', { name: /^Every morning/ })
      .press('Enter')
    await shown(panel.getByText('It has not run yet.'))
    await shown(panel.getByText(/on Wednesdays at 08:30/i).first())
    await expectAccessible(visitor)
    await visitor.picture('automations-rule')
  },
  STORY_TIMEOUT,
)
