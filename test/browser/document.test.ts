import { beforeAll, inject, test } from 'vitest'
import type { Session } from '../support/session.ts'
import { existing, person, signIn } from './support/people.ts'
import { PATIENCE, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { centerPanel, leftPanel, openApp, row, say, showView } from './support/shell.ts'
import { useStage } from './support/stage.ts'

// No model: the chat matches words to functions.
const stage = useStage()
const hedy = person('Hedy')
let hedyByApi: Session

beforeAll(async () => {
  if (inject('chromium') === '') return
  hedyByApi = await existing(stage.server, hedy)
  await hedyByApi.request('POST', '/v1/developer/register', { nickname: 'hedy-makes' })
}, PATIENCE)

const steps = (...all: object[]) => ({ kind: 'declarative', steps: all })
const habits = {
  ir_version: '1.0',
  app: {
    ...{ id: 'habits', version: '1.0.0', title: 'Habit tracker', capabilities: ['store:write'] },
    description: 'Keeps your habits and remembers on which day you did them last.',
    functions: [
      {
        ...{ name: 'add_habit', description: 'Add a habit that you want to keep.', event: 'habits.habit.added' },
        params_schema: { name: { type: 'string', required: true } },
        impl: steps({
          ...{ id: 'new', op: 'store.create', args: { kind: 'habit', data: { name: '{{args.name}}' } } },
          summary: 'Added the habit {{args.name}}.',
        }),
      },
      {
        ...{ name: 'check_in', description: 'Record that a habit was done today.', event: 'habits.habit.done' },
        params_schema: { habit_id: { type: 'string', required: true } },
        impl: steps({
          ...{ id: 'mark', op: 'store.update', summary: 'Done for today.' },
          args: { kind: 'habit', id: '{{args.habit_id}}', set: { last: '{{ctx.today}}' } },
        }),
      },
      {
        ...{ name: 'list_habits', description: 'List your habits and when you did them last.' },
        impl: steps({
          ...{ id: 'all', op: 'store.list', args: { kind: 'habit', order_by: 'name' } },
          summary: '{{steps.all.count}} habit(s).',
        }),
      },
    ],
    ui: {
      panels: [
        {
          ...{ panel_id: 'board', slot: 'left', title: 'Habits' },
          render: {
            kind: 'template',
            tree: {
              $data: [{ id: 'all', op: 'store.list', args: { kind: 'habit', order_by: 'name' } }],
              type: 'Stack',
              props: {
                children: [
                  {
                    type: 'Form',
                    props: {
                      ...{ action: 'add_habit', submit_label: 'Add habit' },
                      children: [{ type: 'Input', props: { label: 'Name', param_name: 'name', required: true } }],
                    },
                  },
                  {
                    type: 'List',
                    props: {
                      items: {
                        ...{ $repeat: '{{steps.all.docs}}', as: 'row' },
                        node: {
                          type: 'ListItem',
                          props: {
                            ...{
                              id: '{{row.id}}',
                              title: '{{row.name}}',
                              subtitle: "{{row.last | default:'not yet'}}",
                            },
                            on_click: { action: 'call', function: 'check_in', params: { habit_id: '{{row.id}}' } },
                          },
                        },
                      },
                    },
                  },
                ],
              },
            },
          },
        },
      ],
    },
  },
}

test(
  'a person writes the habit tracker, is told what is wrong with it, tries it out, deploys it, and uses it from panel and chat',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, hedy)
    await openApp(visitor, 'Developer Portal')
    await showView(visitor, 'Panel')
    await leftPanel(visitor, 'Developer Portal').getByRole('button', { name: 'New app' }).click()
    const form = centerPanel(visitor, 'Developer Portal')
    await form.getByRole('textbox', { name: /^Name/ }).fill('Habit tracker')
    await form.getByRole('textbox', { name: /^Id/ }).fill('habits')
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
    await visitor.picture('document-problems')
    await write(JSON.stringify(habits, null, 1))
    await shown(page.getByText('valid', { exact: true }))

    await page.getByRole('tab', { name: 'Try out' }).click()
    const beside = page.getByRole('tabpanel')
    await beside.getByRole('textbox', { name: /^name/i }).first().fill('Read a page')
    await beside.getByRole('button', { name: 'Try it' }).click()
    await shown(beside.getByText('Added the habit Read a page.'))
    const preview = page.getByRole('region', { name: 'Preview of Habits' })
    await shown(preview.getByText('not yet'))
    await visitor.picture('document-try-out')
    await preview.getByText('Read a page').click()
    await shown(beside.getByText('Done for today.'))

    await page.getByRole('button', { name: 'Deploy' }).click()
    await shown(page.getByText('Revision 1 is live, with 3 function(s).'))
    await page.getByRole('link', { name: 'Open the app' }).click()

    const board = leftPanel(visitor, 'Habit tracker')
    await shown(board.getByRole('button', { name: 'Add habit' }))
    await board.getByRole('textbox', { name: /^Name/ }).fill('Stretch')
    await board.getByRole('button', { name: 'Add habit' }).click()
    await shown(row(board, 'Stretch').getByText('not yet'))
    await row(board, 'Stretch').getByText('Stretch').click()
    await shown(row(board, 'Stretch').getByText(/^\d{4}-\d\d-\d\d$/))
    await say(visitor, 'list habits')
    await shown(page.getByText('1 habit(s).').first())
  },
  STORY_TIMEOUT,
)
