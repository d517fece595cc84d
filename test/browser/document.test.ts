import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, inject, test } from 'vitest'
import type { Session } from '../support/session.ts'
import { existing, person, signIn } from './support/people.ts'
import { becomes, gone, PATIENCE, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { centerPanel, leftPanel, openApp, row, rowAction, say, showView } from './support/shell.ts'
import { useStage } from './support/stage.ts'

// No model: the chat matches words to functions.
const stage = useStage()
const hedy = person('Hedy')
let hedyByApi: Session
const ada = person('Ada', '-samples')
let adaByApi: Session

beforeAll(async () => {
  if (inject('chromium') === '') return
  hedyByApi = await existing(stage.server, hedy)
  await hedyByApi.request('POST', '/v1/developer/register', { nickname: 'hedy-makes' })
  adaByApi = await existing(stage.server, ada)
  await adaByApi.request('POST', '/v1/developer/register', { nickname: 'ada-samples' })
}, PATIENCE)

const CHECKOUT = path.resolve(import.meta.dirname, '../..')
type App = { readonly capabilities: readonly string[] }
const sample = (name: string): { readonly app: App } =>
  JSON.parse(readFileSync(path.join(CHECKOUT, `packages/ir/samples/${name}.json`), 'utf8'))
// Under an id of her own: the sample itself is deployed by somebody else.
const habits = JSON.parse(JSON.stringify(sample('habit-tracker')).replaceAll('habit-tracker', 'hedys-habits')) as {
  readonly app: App
}

test(
  'a person writes the habit tracker, is told what is wrong with it, tries it out, deploys it, and uses it from panel and chat',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, hedy, '/ext/developer')
    await showView(visitor, 'Panel')
    await leftPanel(visitor, 'Developer Portal').getByRole('button', { name: 'New app' }).click()
    const form = centerPanel(visitor, 'Developer Portal')
    await form.getByRole('textbox', { name: /^Name/ }).fill('Habit tracker')
    await form.getByRole('textbox', { name: /^Id/ }).fill('hedys-habits')
    await form.getByRole('button', { name: 'Create app' }).click()
    await row(leftPanel(visitor, 'Developer Portal'), 'Habit tracker').getByText('Habit tracker').click()
    await form.getByRole('button', { name: 'Edit document' }).click()

    // It begins with a small document that is valid.
    await shown(page.getByRole('heading', { name: 'Habit tracker', level: 1 }))
    const editor = page.getByRole('textbox', { name: 'Document' })
    await shown(editor)
    await shown(page.getByText('valid', { exact: true }))
    const write = async (text: string) => {
      await editor.focus()
      await page.keyboard.press('Control+a')
      await page.keyboard.insertText(text)
    }

    await write(JSON.stringify({ ...habits, app: { ...habits.app, capabilities: [] } }, null, 1))
    await shown(page.getByText(/uses store\.create but capability 'store:write' is not declared/).first())
    await shown(page.getByText('not valid', { exact: true }))
    // The text shows its end: the next finding is gone to, once there is one.
    await becomes(async () => {
      await editor.focus()
      await page.keyboard.press('F8')
      return (await page.locator('.cm-lint-marker').count()) > 0
    }, true)
    await visitor.picture('document-problems')
    await write(JSON.stringify(habits, null, 1))
    await shown(page.getByText('valid', { exact: true }))

    await page.getByRole('tab', { name: 'Try out' }).click()
    const beside = page.getByRole('tabpanel')
    await beside.getByRole('textbox', { name: /^name/i }).first().fill('Read a page')
    await beside.getByRole('button', { name: 'Try it' }).click()
    await shown(beside.getByText('Added the habit “Read a page”.'))
    const preview = page.getByRole('region', { name: 'Preview of Habits' })
    await shown(preview.getByText('not yet'))
    await visitor.picture('document-try-out')
    await preview.getByText('Read a page').click()
    await shown(beside.getByText('Done: Read a page.'))
    await shown(preview.getByText('1 of 1 done'))

    await page.getByRole('button', { name: 'Deploy' }).click()
    await shown(page.getByText('Revision 1 is live, with 5 functions.'))
    await page.getByRole('link', { name: 'Open the app' }).click()

    const board = leftPanel(visitor, 'Habit tracker')
    await shown(board.getByText('No habits yet.'))
    await board.getByRole('textbox', { name: /^Habit/ }).fill('Stretch')
    await board.getByRole('button', { name: 'Add habit' }).click()
    await shown(row(board, 'Stretch').getByText('not yet'))
    // What was added left its field: the next habit is written into an empty one.
    await becomes(() => board.getByRole('textbox', { name: /^Habit/ }).inputValue(), '')
    await row(board, 'Stretch').getByText('Stretch').click()
    await page.mouse.move(0, 0) // under the mouse a row shows its actions in place of its badge
    await shown(row(board, 'Stretch').getByText('done', { exact: true }))
    await shown(board.getByText('1 of 1 done'))
    await visitor.picture('document-habits')
    await say(visitor, 'list habits')
    await shown(page.getByText('1 habit(s).').first())
    // What is said in the chat is seen in the panel, and the other way round.
    await say(visitor, '/hedys-habits add_habit {"name": "Drink water"}')
    await shown(row(board, 'Drink water').getByText('not yet'))
    await shown(board.getByText('1 of 2 done'))
  },
  STORY_TIMEOUT,
)

test(
  'what is on the screen is deployed, checked first, also right after it was typed; what was not deployed is not lost by leaving',
  async () => {
    await hedyByApi.request('POST', '/v1/developer/apps', {
      ...{ app_id: 'hedys-words', display_name: 'Words', git_url: 'https://example.com/hedys-words' },
    })
    const titled = (title: string) =>
      JSON.stringify({
        ir_version: '1.0',
        app: {
          id: 'hedys-words',
          version: '1.0.0',
          title,
          description: 'Holds words, so that it is seen which were deployed.',
        },
      })
    const deployed = async () => {
      const { body } = await hedyByApi.request('GET', '/v1/developer/apps/hedys-words/ir/document')
      return (body as { ir_dict: { app: { title: string } } }).ir_dict.app.title
    }
    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, hedy, '/developer/apps/hedys-words/document')
    const editor = page.getByRole('textbox', { name: 'Document' })
    await shown(page.getByText('valid', { exact: true }))
    const write = async (text: string) => {
      await editor.focus()
      await page.keyboard.press('Control+a')
      await page.keyboard.insertText(text)
    }
    // No pause between the text and the key: the check of the pause has not begun.
    await write(titled('First words'))
    await page.keyboard.press('Control+s')
    await shown(page.getByText('Revision 1 is live, with 0 functions.'))
    expect(await deployed()).toBe('First words')
    await write(titled('Second words'))
    await shown(page.getByText('not deployed', { exact: true }))
    await page.getByRole('button', { name: 'Deploy' }).click()
    await shown(page.getByText('Revision 2 is live, with 0 functions.'))
    expect(await deployed()).toBe('Second words')
    await gone(page.getByText('not deployed', { exact: true }))

    // A text that is wrong is not deployed in the place of the one before it either.
    await write('{ "app": ')
    await page.keyboard.press('Control+s')
    await shown(page.getByText('Nothing was deployed: mend the problems of the document first.'))
    expect(await deployed()).toBe('Second words')

    await write(titled('Third words'))
    await page.getByRole('link', { name: 'Back to the app' }).click()
    const question = page.getByRole('alertdialog', { name: 'Leave without saving?' })
    await shown(question.getByText('The document holds changes that have not been deployed.'))
    await question.getByRole('button', { name: 'Cancel' }).click()
    await gone(question)
    await shown(editor.getByText('Third words'))
    await page.keyboard.press('Control+s')
    await editor.focus()
    await page.keyboard.press('Control+s')
    await shown(page.getByText('Revision 3 is live, with 0 functions.'))
    expect(await deployed()).toBe('Third words')
    // Nothing would be lost now, so nobody is asked.
    await page.getByRole('link', { name: 'Back to the app' }).click()
    await shown(page.getByRole('heading', { name: 'Words', level: 1 }))
    await gone(editor)
  },
  STORY_TIMEOUT,
)

test(
  'the samples are deployed by one command, and used in the panel and the chat',
  async () => {
    const name = 'for the samples'
    const made = await adaByApi.request('POST', '/v1/keys', { name })
    const { key } = made.body as { key: string }
    // `npm run samples`, with a key in place of a sign-in.
    const { samples } = JSON.parse(readFileSync(path.join(CHECKOUT, 'package.json'), 'utf8')).scripts as {
      samples: string
    }
    const [, ...words] = samples.split(' ')
    const { stdout } = await promisify(execFile)(process.execPath, [...words, '-y'], {
      cwd: CHECKOUT,
      env: { PATH: process.env.PATH ?? '', IMPERAL_API_URL: stage.server.url, IMPERAL_API_KEY: key },
    })
    for (const appId of ['habit-tracker', 'link-saver', 'expense-log'])
      expect(stdout).toContain(`${appId} 1.0.0: deployed as revision 1`)

    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, ada)
    await openApp(visitor, 'Link saver')
    const links = leftPanel(visitor, 'Link saver')
    await links.getByRole('textbox', { name: /^Address/ }).fill('https://example.com/a')
    await links.getByRole('textbox', { name: /^Title/ }).fill('An example')
    await links.getByRole('button', { name: 'Save link' }).click()
    await shown(row(links, 'An example').getByText('unread'))
    await visitor.picture('sample-links')
    await rowAction(visitor, row(links, 'An example'), 'Read')
    await shown(links.getByText('0 unread of 1'))
    // Deleting is destructive, so the person is asked.
    await rowAction(visitor, row(links, 'An example'), 'Delete')
    await page.getByRole('button', { name: 'Delete link' }).click()
    await shown(links.getByText('No links yet.'))

    await openApp(visitor, 'Expense log')
    const log = leftPanel(visitor, 'Expense log')
    await log.getByLabel(/^Amount/).fill('12.5')
    await log.getByRole('textbox', { name: /^For/ }).fill('Bread')
    await log.getByRole('button', { name: 'Note it' }).click()
    await shown(log.getByText('1 noted'))
    await shown(log.getByText('Bread').first())
    await visitor.picture('sample-expenses')
    await say(visitor, '/expense-log list_expenses')
    await shown(page.getByText('1 expense(s).').first())
  },
  STORY_TIMEOUT,
)
