import { randomBytes } from 'node:crypto'
import { afterAll, describe, test } from 'vitest'
import { type ModelProvider, type ModelScript, startModelProvider } from '../support/model-provider.ts'
import { existing, type Person, person, signIn, signUp } from './support/people.ts'
import { gone, STORY_TIMEOUT, shown, withoutReload } from './support/seeing.ts'
import { leftPanel, openSection, row, say, showView, writeNote } from './support/shell.ts'
import { useStage, type Visitor } from './support/stage.ts'

/** Plans what a capable model would: find the note by its words, then delete what was found. */
const plansDeletion: ModelScript = (request) => {
  const words = request.messages.at(-1)?.content.match(/“(.+)”/)?.[1] ?? ''
  if (!request.system.includes('decide which functions serve it')) return { text: 'Done.' }
  const steps = [
    { id: 'find', tool: 'notes.search_notes', args: { query: words }, depends_on: [] },
    {
      id: 'delete',
      tool: 'notes.delete_note',
      args: { title: '$REF:notes[0].notes[0].title', note_id: '$REF:notes[0].notes[0].note_id' },
      depends_on: ['find'],
    },
  ]
  return {
    text: JSON.stringify({
      intent: 'destructive',
      confidence: 0.97,
      language: 'en',
      action_plans: steps.map((step) => ({ ...step, args: JSON.stringify(step.args) })),
      question: null,
      refusal: null,
    }),
  }
}

let model: ModelProvider | undefined
const stage = useStage(async () => {
  model = await startModelProvider(plansDeletion)
  return {
    IMPERAL_LLM_PROVIDER: 'openai_compatible',
    IMPERAL_LLM_BASE_URL: model.url,
    IMPERAL_LLM_MODEL: 'scripted',
    IMPERAL_ALLOW_PRIVATE_NETWORK: 'true',
  }
})
afterAll(() => model?.close())

async function installNotes(visitor: Visitor): Promise<void> {
  await openSection(visitor, 'Marketplace')
  const apps = visitor.page.getByRole('list', { name: 'Apps', exact: true })
  await apps.getByRole('button', { name: 'Install Notes' }).click()
  await apps.getByRole('button', { name: 'Open Notes' }).click()
  await showView(visitor, 'Panel')
  await shown(row(leftPanel(visitor, 'Notes'), 'Welcome to Notes'))
}

/** Notes of somebody, open in a window of their own. */
async function openNotes(who: Person, width: number): Promise<Visitor> {
  const visitor = await stage.open({ width })
  await signIn(visitor, who, '/ext/notes')
  await showView(visitor, 'Panel')
  return visitor
}

describe.each([1440, 390])('the main job at %i px', (width) => {
  test(
    '[I2-5] sign-up, install, a note by form, its deletion by chat, confirmed, live everywhere',
    async () => {
      // Newcomers, also where this is tried again.
      const label = randomBytes(3).toString('hex')
      const [grace, heidi] = [person('Grace', label), person('Heidi', label)]
      const note = { title: 'Ferry tickets', text: '- **Friday** 9:40 to Hoek\n- two bicycles' }

      const desk = await stage.open({ width })
      await signUp(desk, stage.server, grace)
      await desk.picture('after-sign-up')
      await installNotes(desk)
      await writeNote(desk, note)
      await shown(row(leftPanel(desk, 'Notes'), note.title))
      await desk.picture('note-created')

      const otherPerson = await existing(stage.server, heidi, ['notes'])
      await otherPerson.call('notes', 'create_note', { title: note.title, content_text: 'Mine.' })
      const other = await openNotes(heidi, width)
      await shown(row(leftPanel(other, 'Notes'), note.title))
      const second = await openNotes(grace, width)
      await shown(row(leftPanel(second, 'Notes'), note.title))

      await withoutReload(desk.page, async () => {
        await say(desk, `Please delete the note “${note.title}”`)
        const card = desk.page.getByRole('region', { name: 'Confirmation' })
        await shown(card)
        await shown(row(leftPanel(second, 'Notes'), note.title))
        await desk.picture('confirmation-card')
        await card.getByRole('button', { name: 'Delete note' }).click()
        await gone(card)
        await showView(desk, 'Panel')
        await gone(row(leftPanel(desk, 'Notes'), note.title))
        await shown(row(leftPanel(desk, 'Notes'), 'Welcome to Notes'))
      })
      await desk.picture('note-deleted')

      await gone(row(leftPanel(second, 'Notes'), note.title))
      await second.picture('second-window')
      // Their window is live, too: it shows what they change, and nothing of the deletion.
      await otherPerson.call('notes', 'create_note', { title: 'Tyres', content_text: '' })
      await shown(row(leftPanel(other, 'Notes'), 'Tyres'))
      await shown(row(leftPanel(other, 'Notes'), note.title))
    },
    STORY_TIMEOUT,
  )
})
