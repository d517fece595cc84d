import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Download } from 'playwright-core'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { plan, type Task, taskOf } from '../support/assistant.ts'
import {
  type ModelAnswer,
  type ModelProvider,
  type ModelRequest,
  startModelProvider,
} from '../support/model-provider.ts'
import { superuserOf } from '../support/program.ts'
import { existing, messageField, person, signIn } from './support/people.ts'
import { becomes, focused, gone, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { say } from './support/shell.ts'
import { useStage, type Visitor } from './support/stage.ts'

let model: ModelProvider | undefined
let script: Partial<Record<Task, (request: ModelRequest) => ModelAnswer>>
const stage = useStage(async () => {
  model = await startModelProvider((request) => script[taskOf(request)]?.(request) ?? { status: 400 })
  return {
    IMPERAL_LLM_PROVIDER: 'openai_compatible',
    IMPERAL_LLM_BASE_URL: model.url,
    IMPERAL_LLM_MODEL: 'scripted',
    IMPERAL_ALLOW_PRIVATE_NETWORK: 'true',
  }
})
afterAll(() => model?.close())
beforeEach(() => {
  script = {
    classify: () => plan([], { intent: 'navigate' }),
    talk: (request) => ({ text: `You asked: ${request.messages.at(-1)?.content}` }),
  }
})

const folder = mkdtempSync(path.join(tmpdir(), 'imperal-downloads-'))
afterAll(() => rmSync(folder, { recursive: true }))
async function contentOf(download: Download): Promise<string> {
  const place = path.join(folder, download.suggestedFilename())
  await download.saveAs(place)
  return readFileSync(place, 'utf8')
}

let newcomers = 0
/** Somebody who has said nothing yet, also where a test is tried again. */
const newcomer = (name: string) => person(name, String(++newcomers))

const log = ({ page }: Visitor) => page.getByRole('log', { name: 'Conversation' })
const answer = (visitor: Visitor, text: string) =>
  log(visitor).getByRole('article', { name: 'Assistant' }).filter({ hasText: text })
const question = (visitor: Visitor, text: string) =>
  log(visitor).getByRole('article', { name: 'You' }).filter({ hasText: text })

async function alter(text: string, values: unknown[]): Promise<void> {
  const database = await superuserOf(stage.server.dataDir)
  try {
    await database.query(text, values)
  } finally {
    await database.end()
  }
}
const OWNER = '(select user_id from identity.account where email = $1)'
/** Ends the last answer of somebody as one that the platform itself could not make. */
const fail = (email: string) =>
  alter(
    `update chat.message set status = 'failed', type = 'error',
       text = 'Something went wrong on our side, and nothing more was done. Please try again.'
     where message_id = (select message_id from chat.message where user_id = ${OWNER} and role = 'assistant'
                         order by position desc limit 1)`,
    [email],
  )
/** Answers that an app gave meanwhile. */
const fillUp = (email: string, count: number) =>
  alter(
    `insert into chat.message (tenant_id, user_id, conversation_id, message_id, role, text, type, status, surface,
                               pick_list, actions, facts, attachments)
     select tenant_id, user_id, conversation_id, 'msg_fill' || n, 'assistant', 'line ' || n, 'response', 'done', surface,
            '[]', '[]', '[]', '[]'
     from (select * from chat.message where user_id = ${OWNER} order by position desc limit 1) last,
          generate_series(1, $2::int) n order by n`,
    [email, count],
  )

describe('the conversation', () => {
  test(
    '[UI5.10] a message is worded anew by keyboard alone, and the answers behind it are made anew',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      const who = newcomer('Ida')
      await existing(stage.server, who, ['notes'])
      await signIn(visitor, who)
      await say(visitor, 'what is the capitol of France?')
      const first = answer(visitor, 'You asked: what is the capitol of France?')
      // Its words are there before its end, and nothing is worded anew while an answer is being made.
      await shown(first.getByRole('button', { name: 'Answer once more' }))

      await messageField(visitor).focus()
      await page.keyboard.press('ArrowUp')
      const field = page.getByRole('textbox', { name: 'Edit your message' })
      await focused(field)
      await page.keyboard.press('Escape')
      await gone(field)
      await focused(messageField(visitor))

      await page.keyboard.press('ArrowUp')
      await focused(field)
      await field.fill('what is the capital of France?')
      await visitor.picture('chat-edit')
      await page.keyboard.press('Enter')
      await shown(answer(visitor, 'You asked: what is the capital of France?'))
      await gone(question(visitor, 'capitol'))
      await focused(messageField(visitor))
      await page.reload()
      await shown(answer(visitor, 'You asked: what is the capital of France?'))
      await gone(question(visitor, 'capitol'))

      // The same question once more: the place of the answer is taken by the new one.
      script.talk = () => ({ text: 'Paris.' })
      await answer(visitor, 'You asked').getByRole('button', { name: 'Answer once more' }).click()
      await shown(answer(visitor, 'Paris.'))
      await gone(answer(visitor, 'You asked'))
    },
    STORY_TIMEOUT,
  )

  test(
    '[UI5.10] an answer is stopped, asked again and judged; the judgement is there after a reload',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      const who = newcomer('Jon')
      await existing(stage.server, who, ['notes'])
      await signIn(visitor, who)
      script.classify = () => ({ stall: true })
      await say(visitor, 'think about it')
      await page.getByRole('button', { name: 'Stop', exact: true }).click()
      const again = page.getByRole('button', { name: 'Ask again' })
      await shown(again)
      script.classify = () => plan([], { intent: 'navigate' })
      await again.focus()
      await page.keyboard.press('Enter')
      const made = answer(visitor, 'You asked: think about it')
      await shown(made)
      await gone(again)
      const up = made.getByRole('button', { name: 'This helped' })
      await up.focus()
      await page.keyboard.press('Space')
      await becomes(() => up.getAttribute('aria-pressed'), 'true')
      await page.reload()
      await becomes(() => up.getAttribute('aria-pressed'), 'true')
    },
    STORY_TIMEOUT,
  )

  test(
    '[UI5.10] [K1.2] what waits for the answer before it says so, also after a reload, and a failed answer is tried again from its alert',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      const who = newcomer('Kim')
      await existing(stage.server, who, ['notes'])
      await signIn(visitor, who)
      script.classify = (request) =>
        request.messages.at(-1)?.content === 'think for long' ? { stall: true } : plan([], { intent: 'navigate' })
      await say(visitor, 'think for long')
      await say(visitor, 'and then this')
      const waiting = log(visitor).getByText('Waits for the answer before it')
      await becomes(() => waiting.count(), 1)
      await visitor.picture('chat-waiting')
      await page.reload()
      await becomes(() => waiting.count(), 1)
      await page.getByRole('button', { name: 'Stop', exact: true }).click()
      await shown(answer(visitor, 'You asked: and then this'))
      await gone(waiting)

      await fail(who.email)
      await page.reload()
      const alert = log(visitor).getByRole('alert').filter({ hasText: 'Something went wrong on our side' })
      await shown(alert)
      await visitor.picture('chat-failed')
      await alert.getByRole('button', { name: 'Try again' }).click()
      await shown(answer(visitor, 'You asked: and then this'))
      await gone(alert)
    },
    STORY_TIMEOUT,
  )

  test(
    '[UI5.10] what is found in a conversation is opened where it stands, however far up; a command gives no title of its own',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      const who = newcomer('Lea')
      await existing(stage.server, who, ['notes'])
      await signIn(visitor, who)
      await say(visitor, '/notes.list_notes')
      await shown(page.getByRole('list', { name: 'Functions that were run' }).getByText('list_notes'))
      const search = async (words: string) => {
        await page.getByRole('button', { name: 'Conversations', exact: true }).click()
        await page.getByRole('searchbox', { name: 'Search conversations' }).fill(words)
      }
      await search('')
      await shown(page.getByRole('button', { name: /^List notes/ }))
      await page.keyboard.press('Escape')
      await say(visitor, 'the walrus sleeps at noon')
      await shown(answer(visitor, 'walrus'))
      await fillUp(who.email, 120)
      await page.reload()
      await shown(answer(visitor, 'line 120'))
      expect(await question(visitor, 'walrus').count()).toBe(0)
      await search('walrus sleeps')
      await page.getByRole('button', { name: /walrus sleeps/ }).click()
      const found = log(visitor).locator('.chat-item:focus').filter({ hasText: 'walrus sleeps' })
      await shown(found)
      await becomes(
        () =>
          found.evaluate((place) => {
            const { top, bottom } = place.getBoundingClientRect()
            return top >= 0 && bottom <= place.ownerDocument.documentElement.clientHeight
          }),
        true,
      )
    },
    STORY_TIMEOUT,
  )

  test(
    '[UI5.10] what ran is told with its arguments, without secrets, and leads to its row of the record',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      const who = newcomer('Kim')
      const kim = await existing(stage.server, who, ['notes'])
      await signIn(visitor, who)
      script.classify = () =>
        plan([{ tool: 'notes.create_note', args: { title: 'Milk', content_text: 'two litres' } }], { intent: 'write' })
      await say(visitor, 'note that we need two litres of milk')
      await shown(answer(visitor, 'Created the note “Milk”.'))
      const line = page.getByRole('list', { name: 'Functions that were run' }).getByRole('button')
      await line.focus()
      await page.keyboard.press('Enter')
      const given = page.getByLabel('Arguments', { exact: true })
      await shown(given.getByText('content text'))
      await shown(given.getByText('two litres'))
      // A change is not done twice for another wording of its answer.
      await gone(page.getByRole('button', { name: 'Answer once more' }))
      await visitor.picture('chat-call')

      // What it was before is known from the answer that made it.
      const { notes } = (await kim.call('notes', 'list_notes')).data as { notes: { note_id: string; title: string }[] }
      const milk = notes.find(({ title }) => title === 'Milk')
      script.classify = () =>
        plan([{ tool: 'notes.update_note', args: { note_id: milk?.note_id, title: 'Oat milk' } }], { intent: 'write' })
      await say(visitor, `rename the note ${milk?.note_id} to Oat milk`)
      const renamed = page
        .getByRole('list', { name: 'Functions that were run' })
        .getByRole('button', { name: /update_note/ })
      await renamed.click()
      const changes = page.getByLabel('What changed')
      await shown(changes.getByRole('deletion').filter({ hasText: 'Milk' }))
      await shown(changes.getByRole('insertion').filter({ hasText: 'Oat milk' }))
      await visitor.picture('chat-changes')
      await renamed.click()
      await gone(changes)
      await page.getByRole('link', { name: 'Open in the activity' }).click()
      await shown(page.getByRole('dialog').getByText('create_note').first())
    },
    STORY_TIMEOUT,
  )

  test(
    '[UI5.10] an answer that asks something waits until it is answered; each text runs the way of its own letters',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      const who = newcomer('Nour')
      await existing(stage.server, who, ['notes'])
      await signIn(visitor, who)
      script.classify = () => plan([], { intent: 'clarify', question: 'Which note do you mean?' })
      await say(visitor, 'show it to me')
      await shown(answer(visitor, 'Which note do you mean?'))
      const waits = page.getByText('Waits for your answer')
      await shown(waits)
      script.classify = () => plan([], { intent: 'navigate' })
      script.talk = () => ({ text: 'أهلاً بك في هذا المكان.' })
      await say(visitor, 'مرحباً يا صديقي')
      await shown(answer(visitor, 'أهلاً بك'))
      await gone(waits)
      const directionOf = (text: string) =>
        log(visitor)
          .getByText(text)
          .evaluate((element) => element.ownerDocument.defaultView?.getComputedStyle(element).direction)
      expect(await directionOf('مرحباً يا صديقي')).toBe('rtl')
      expect(await directionOf('أهلاً بك في هذا المكان.')).toBe('rtl')
      expect(await directionOf('Which note do you mean?')).toBe('ltr')
      await visitor.picture('chat-directions')
    },
    STORY_TIMEOUT,
  )

  test(
    '[api 3.21] a file goes with a message, is read by the assistant, and can be saved again',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      const who = newcomer('Lea')
      await existing(stage.server, who, ['notes'])
      await signIn(visitor, who)
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.getByRole('button', { name: 'Attach files' }).click(),
      ])
      await chooser.setFiles([
        { name: 'ferry.txt', mimeType: 'text/plain', buffer: Buffer.from('The ferry leaves at 9:40.') },
        { name: 'wrong.txt', mimeType: 'text/plain', buffer: Buffer.from('not this one') },
      ])
      const files = page.getByRole('list', { name: 'Files of this message' })
      await shown(files.getByText('wrong.txt'))
      await files.getByRole('button', { name: 'Remove wrong.txt' }).click()
      await gone(files.getByText('wrong.txt'))
      script.talk = (request) => ({ text: request.system.includes('leaves at 9:40') ? 'At 9:40.' : 'No idea.' })
      await visitor.picture('chat-attachment')
      await say(visitor, 'when does it leave?')
      await shown(answer(visitor, 'At 9:40.'))
      await gone(files)
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        question(visitor, 'when does it leave?').getByRole('button', { name: 'Save ferry.txt' }).click(),
      ])
      expect(download.suggestedFilename()).toBe('ferry.txt')
      expect(await contentOf(download)).toBe('The ferry leaves at 9:40.')
    },
    STORY_TIMEOUT,
  )
})

test(
  '[UI5.10] conversations are searched, renamed, saved and deleted by keyboard',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    const { keyboard } = page
    const who = newcomer('Max')
    await existing(stage.server, who, ['notes'])
    await signIn(visitor, who)
    await say(visitor, 'which mushrooms are edible?')
    await shown(answer(visitor, 'You asked: which mushrooms'))
    await page.getByRole('button', { name: 'New conversation' }).click()
    await say(visitor, 'when does the ferry leave?')
    await shown(answer(visitor, 'You asked: when does the ferry'))

    const opener = page.getByRole('button', { name: 'Conversations' })
    const list = page.getByRole('dialog', { name: 'Conversations' })
    await opener.focus()
    await keyboard.press('Enter')
    await shown(list.getByRole('button', { name: /^which mushrooms are edible/ }))
    await list.getByRole('searchbox', { name: 'Search conversations' }).focus()
    await keyboard.type('ferry')
    await gone(list.getByRole('button', { name: /^which mushrooms are edible/ }))
    const more = list.getByRole('button', { name: /^More for when does the ferry/ })
    await more.focus()
    await visitor.picture('chat-conversations')
    await keyboard.press('Enter')
    await shown(page.getByRole('menuitem', { name: 'Rename' }))
    await focused(page.getByRole('menuitem', { name: 'Rename' }))
    await keyboard.press('Enter')
    const title = list.getByRole('textbox', { name: 'Title of the conversation' })
    await focused(title)
    await title.fill('Crossing ferry')
    await keyboard.press('Enter')
    await shown(list.getByRole('button', { name: /^Crossing ferry/ }))
    await shown(page.getByRole('heading', { name: 'Crossing ferry' }))

    await list.getByRole('button', { name: 'More for Crossing ferry' }).focus()
    await keyboard.press('Enter')
    await shown(page.getByRole('menuitem', { name: 'Save as Markdown' }))
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Save as Markdown' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('Crossing-ferry.md')
    expect(await contentOf(download)).toMatch(/^# Crossing ferry\n[\s\S]*when does the ferry leave\?/)

    await list.getByRole('button', { name: 'More for Crossing ferry' }).focus()
    await keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    const ask = page.getByRole('alertdialog', { name: 'Delete this conversation?' })
    await shown(ask)
    await ask.getByRole('button', { name: 'Delete conversation' }).click()
    await gone(ask)
    // The first conversation takes its place.
    await shown(answer(visitor, 'You asked: which mushrooms'))
    await opener.click()
    await shown(list.getByRole('button', { name: /^which mushrooms are edible/ }))
    await gone(list.getByRole('button', { name: /^Crossing ferry/ }))
  },
  STORY_TIMEOUT,
)
