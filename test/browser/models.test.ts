import { afterAll, expect, test } from 'vitest'
import { plan, taskOf } from '../support/assistant.ts'
import { type ModelProvider, startModelProvider } from '../support/model-provider.ts'
import { signInAdmin } from '../support/session.ts'
import { signIn } from './support/people.ts'
import { gone, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { say } from './support/shell.ts'
import { useStage } from './support/stage.ts'

let model: ModelProvider
const stage = useStage(async () => {
  model = await startModelProvider((request) => {
    if (request.messages.at(-1)?.content.includes('the one word')) return { text: 'ready' }
    return taskOf(request) === 'classify' ? plan([], { intent: 'navigate' }) : { text: `Said by ${request.model}.` }
  })
  // No model of the environment: everything comes from the page.
  return { IMPERAL_ALLOW_PRIVATE_NETWORK: 'true' }
})
afterAll(() => model?.close())

test(
  '[I-ADMIN-LLM-CONFIG-IS-SOURCE-OF-TRUTH] an administrator tries a model, saves it, gives a purpose another one, and reads what was used',
  async () => {
    const visitor = await stage.open()
    visitor.expectErrors(/status of 422/)
    const { page } = visitor
    const { adminEmail: email, adminPassword: password } = stage.server
    await signIn(visitor, { email, password }, '/admin/models')
    await shown(page.getByRole('heading', { name: 'Language models', level: 1 }))
    const provider = page.getByRole('region', { name: 'Provider', exact: true })
    await provider.getByRole('combobox', { name: 'Provider' }).selectOption('openai_compatible')
    await provider.getByRole('textbox', { name: /^Model/ }).fill('first-model')
    await provider.getByRole('button', { name: 'Save provider' }).click()
    await shown(provider.getByText('Enter the address at which the model answers.'))
    await provider.getByRole('textbox', { name: /^Address/ }).fill(model.url)
    await provider.getByLabel(/^Key/).fill('sk-browser-secret-1')
    await provider.getByRole('button', { name: 'Try it' }).click()
    await shown(provider.getByText(/first-model answered “ready”/))
    await visitor.picture('models-provider')
    await provider.getByRole('button', { name: 'Save provider' }).click()
    await shown(provider.getByText('Saved. Every process follows within seconds.'))

    const purposes = page.getByRole('region', { name: 'Purposes' })
    await purposes.getByText('Conversation', { exact: true }).click()
    await purposes.getByRole('textbox', { name: 'Model', exact: true }).last().fill('talking-model')
    await purposes.getByRole('button', { name: 'Save conversation' }).click()
    await shown(purposes.getByText('Conversation: talking-model'))
    const budgets = page.getByRole('region', { name: 'Budgets' })
    await budgets.getByRole('textbox', { name: 'Tokens of everybody in a month' }).fill('a lot')
    await budgets.getByRole('button', { name: 'Save budgets' }).click()
    await shown(budgets.getByText('Enter a number.'))
    await budgets.getByRole('textbox', { name: 'Tokens of everybody in a month' }).fill('100000')
    await budgets.getByRole('button', { name: 'Save budgets' }).click()
    await gone(budgets.getByText('Enter a number.'))
    await shown(budgets.getByText('Saved. Every process follows within seconds.'))

    await page.reload()
    await shown(page.getByText('Conversation: talking-model'))
    expect(await page.content()).not.toContain('browser-secret')
    const stored = (await (await signInAdmin(stage.server)).request('GET', '/v1/admin/llm')).body as {
      config: { providers: object }
    }
    expect(stored.config.providers).toEqual({ openai_compatible: { base_url: model.url, api_key: '…et-1' } })

    await visitor.go('/')
    await say(visitor, 'tell me a story')
    await shown(page.getByRole('article', { name: 'Assistant' }).filter({ hasText: 'Said by talking-model.' }))
    expect(model.requests.at(-1)?.key).toBe('sk-browser-secret-1')

    await visitor.go('/settings/usage')
    const byPurpose = page.getByRole('table', { name: 'By purpose' })
    await shown(byPurpose.getByRole('row', { name: /^Conversation 1 0 11 7/ }))
    await shown(byPurpose.getByRole('row', { name: /^Understanding and planning 1 0 11 7/ }))
    await visitor.picture('models-usage')
    await visitor.go('/admin/models')
    await page.getByRole('tab', { name: 'Usage' }).click()
    await shown(page.getByText('36 of 100,000 tokens'))

    await page.getByRole('tab', { name: 'Assistant' }).click()
    const entries = page.getByRole('textbox', { name: 'Entries of a list in a plain answer' })
    await entries.fill('3')
    await page.getByRole('button', { name: 'Save limits' }).click()
    // It may be 5 at the least; the browser reports the refused request by itself.
    await shown(page.getByRole('alert').first())
    await entries.fill('7')
    await page.getByRole('button', { name: 'Save limits' }).click()
    await shown(page.getByText('Saved. Every process follows within seconds.'))
  },
  STORY_TIMEOUT,
)
