import { beforeAll, describe, expect, inject, test } from 'vitest'
import type { Session } from '../support/session.ts'
import { existing, messageField, person, signIn, submitSignIn } from './support/people.ts'
import { becomes, focused, gone, PATIENCE, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { leftPanel, row, rowAction, say, showView } from './support/shell.ts'
import { useStage } from './support/stage.ts'

// No model: chat has to match words to functions.
const stage = useStage()
const grace = person('Grace')
let graceByApi: Session

beforeAll(async () => {
  if (inject('chromium') === '') return
  graceByApi = await existing(stage.server, grace, ['notes', 'tasks'])
}, PATIENCE)

const note = (title: string, content_text = '') => graceByApi.call('notes', 'create_note', { title, content_text })
const titles = async () => {
  const answer = await graceByApi.call('notes', 'list_notes', { limit: 100 })
  return (answer.data as { notes: { title: string }[] }).notes.map((one) => one.title)
}

describe('signing in', () => {
  test(
    '[I2-ui] every refusal is a sentence beside its field or in the form',
    async () => {
      const visitor = await stage.open()
      // The browser reports each refused request by itself.
      visitor.expectErrors(/status of (401|403)/)
      const { page } = visitor
      await visitor.go('/sign-in')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await shown(page.getByText('Enter your password.'))
      await submitSignIn(visitor, { email: 'not an address', password: 'x' })
      await shown(page.getByRole('alert').filter({ hasText: /address/ }))
      await submitSignIn(visitor, { email: grace.email, password: 'wrong' })
      await shown(page.getByRole('alert').filter({ hasText: /password/i }))
      expect(new URL(page.url()).pathname).toBe('/sign-in')
      await submitSignIn(visitor, grace)
      await shown(page.getByRole('button', { name: 'Account of Grace' }))
    },
    STORY_TIMEOUT,
  )

  test(
    '[I2-ui] the page that was asked for opens afterwards, and signing out leads back',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      await signIn(visitor, grace, '/settings/devices')
      await shown(page.getByRole('heading', { name: 'Devices', level: 1 }))
      await page.getByRole('button', { name: 'Account of Grace' }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await shown(page.getByRole('heading', { name: 'Sign in' }))
      await visitor.go('/')
      await shown(page.getByRole('heading', { name: 'Sign in' }))
    },
    STORY_TIMEOUT,
  )
})

test(
  '[I7-shell] by plain http from another machine the panel works as well, in two tabs',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    const elsewhere = stage.server.url.replace('127.0.0.1', 'house.example')
    await signIn(visitor, grace, `${elsewhere}/`)
    // What browsers keep from such pages, and the panel must do without.
    expect(
      await page.evaluate('[typeof crypto.randomUUID, typeof navigator.locks, typeof navigator.clipboard]'),
    ).toEqual(['undefined', 'undefined', 'undefined'])
    await say(visitor, 'list my notes')
    await shown(page.getByText('list_notes').first())
    const second = await page.context().newPage()
    await second.goto(`${elsewhere}/`)
    await shown(second.getByRole('button', { name: 'Account of Grace' }))
    await note('Seen from elsewhere')
    for (const tab of [page, second]) {
      await tab.goto(`${elsewhere}/ext/notes`)
      await shown(tab.getByText('Seen from elsewhere').first())
    }
  },
  STORY_TIMEOUT,
)

test(
  '[I2-ui] the dark theme is chosen in the bar and stays for the next visit',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    const paper = () => page.evaluate("getComputedStyle(document.body).getPropertyValue('color-scheme')")
    await signIn(visitor, grace)
    await page.getByRole('button', { name: 'Use the dark theme' }).click()
    await becomes(paper, 'dark')
    await page.reload()
    await shown(page.getByRole('button', { name: 'Use the light theme' }))
    expect(await paper()).toBe('dark')
    await visitor.picture('dark-by-choice')
  },
  STORY_TIMEOUT,
)

describe('by keyboard alone', () => {
  test(
    '[I2-ui] the palette runs a function by its form',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      const { keyboard } = page
      let arrives = () => {}
      const held = new Promise<void>((resolve) => {
        arrives = resolve
      })
      await page.route(/\/palette-[^/]*\.js$/, async (route) => {
        await held
        await route.continue()
      })
      await signIn(visitor, grace, '/ext/notes')
      await shown(row(leftPanel(visitor, 'Notes'), 'Welcome to Notes'))
      // At once, as fast fingers do, before the code of the palette is there: Enter waits for it.
      await keyboard.press('Control+k')
      await focused(page.getByRole('dialog', { name: 'Search or run' }).getByRole('textbox'))
      await keyboard.type('activity')
      await keyboard.press('Enter')
      arrives()
      await shown(page.getByRole('heading', { name: 'Activity', level: 1 }))
      await visitor.go('/ext/notes')
      await shown(row(leftPanel(visitor, 'Notes'), 'Welcome to Notes'))
      await keyboard.press('Control+k')
      await keyboard.type('create folder')
      await focused(page.getByRole('combobox', { name: 'Search or run' }))
      await shown(page.getByRole('option', { name: /^Create folder/ }))
      await visitor.picture('palette')
      await keyboard.press('Enter')
      const form = page.getByRole('dialog', { name: /Create folder/ })
      const name = form.getByRole('textbox', { name: /^Name/ })
      await focused(name)
      await keyboard.type('Recipes')
      await visitor.picture('function-form')
      await keyboard.press('Enter')
      await gone(form)
      await shown(page.getByRole('button', { name: /Created the folder “Recipes”/ }))
      const folders = await graceByApi.call('notes', 'list_folders')
      expect(folders.data).toMatchObject({ folders: [{ name: 'Recipes' }] })
    },
    STORY_TIMEOUT,
  )

  test(
    '[I2-ui] Escape closes what is open, and the focus returns to where it was',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      const { keyboard } = page
      await signIn(visitor, grace)
      await messageField(visitor).focus()
      await keyboard.press('Control+k')
      await focused(page.getByRole('combobox', { name: 'Search or run' }))
      await keyboard.press('Escape')
      await focused(messageField(visitor))

      await keyboard.press('Control+k')
      await keyboard.type('search notes')
      await shown(page.getByRole('option', { name: /^Search notes/ }))
      await keyboard.press('Enter')
      await focused(page.getByRole('dialog').getByRole('textbox', { name: /^Query/ }))
      await keyboard.press('Escape')
      await gone(page.getByRole('dialog'))
      await focused(messageField(visitor))

      const account = page.getByRole('button', { name: 'Account of Grace' })
      await account.focus()
      await keyboard.press('Enter')
      await shown(page.getByRole('menuitem', { name: 'Sign out' }))
      // It can be seen a moment before it listens: on a busy machine the first press may be too early.
      const menusAfterEscape = async () => {
        await keyboard.press('Escape')
        return page.getByRole('menu').count()
      }
      await expect.poll(menusAfterEscape, { timeout: PATIENCE, interval: 500 }).toBe(0)
      await focused(account)
    },
    STORY_TIMEOUT,
  )

  test(
    '[I2-ui] the first Tab offers the way to the message field; [ui 5.1] Alt with the arrows moves an app of the rail',
    async () => {
      const visitor = await stage.open()
      const { page } = visitor
      await signIn(visitor, grace)
      await page.reload()
      await shown(messageField(visitor))
      await page.keyboard.press('Tab')
      await focused(page.getByRole('link', { name: 'Skip to the message field' }))
      await page.keyboard.press('Enter')
      await focused(messageField(visitor))

      const links = page.getByRole('navigation', { name: 'Apps' }).getByRole('link')
      const names = () => links.evaluateAll((all) => all.map((link) => String(link.getAttribute('aria-label'))))
      const before = await names()
      const notes = page.getByRole('navigation', { name: 'Apps' }).getByRole('link', { name: 'Notes' })
      const at = before.indexOf('Notes')
      const swapped = before.with(at, String(before[at + 1])).with(at + 1, 'Notes')
      await notes.focus()
      await page.keyboard.press('Alt+ArrowDown')
      await becomes(names, swapped)
      await focused(notes)
      await becomes(
        async () => /^Notes, \d of \d$/.test(await page.locator('.shell > [role=status]').last().innerText()),
        true,
      )
      await page.reload()
      await shown(messageField(visitor))
      await becomes(names, swapped)
      await notes.focus()
      await page.keyboard.press('Alt+ArrowUp')
      await becomes(names, before)
      await focused(notes)
    },
    STORY_TIMEOUT,
  )
})

test(
  '[ui 5.5] the note that stands in the center is marked in the list, and no longer once it is closed',
  async () => {
    const visitor = await stage.open()
    await signIn(visitor, grace, '/ext/notes')
    const list = leftPanel(visitor, 'Notes')
    const marked = list.locator('[aria-current]')
    await row(list, 'Welcome to Notes').click()
    await shown(marked.getByText('Welcome to Notes'))
    await visitor.go('/ext/notes')
    await shown(row(list, 'Welcome to Notes'))
    await gone(marked)
  },
  STORY_TIMEOUT,
)

describe.each([1440, 390])('deleting from a list at %i px', (width) => {
  test(
    '[I2-ui] asks in a window of the host: Cancel leaves the note, the other button deletes it',
    async () => {
      const title = `Shopping list ${width}`
      await note(title, 'Milk')
      const visitor = await stage.open({ width })
      const { page } = visitor
      await signIn(visitor, grace, '/ext/notes')
      await showView(visitor, 'Panel')
      const entry = row(leftPanel(visitor, 'Notes'), title)
      await rowAction(visitor, entry, 'Delete')
      const question = page.getByRole('alertdialog')
      await shown(question.getByText(title))
      await becomes(async () => /\bdoc_/.test(await question.innerText()), false)
      await shown(question.getByText('Note', { exact: true }))
      await shown(question.getByText(title))
      const cancel = question.getByRole('button', { name: 'Cancel' })
      await focused(cancel)
      await visitor.picture('host-confirmation')
      await cancel.click()
      await gone(question)
      await shown(entry)
      expect(await titles()).toContain(title)

      await rowAction(visitor, entry, 'Delete')
      await focused(cancel)
      await page.keyboard.press('Escape')
      await gone(question)
      await shown(entry)

      await rowAction(visitor, entry, 'Delete')
      await question.getByRole('button', { name: 'Delete note' }).click()
      await gone(question)
      await gone(entry)
      await becomes(async () => (await titles()).includes(title), false)
    },
    STORY_TIMEOUT,
  )
})

test(
  '[I2-ui] without a model the chat offers the functions that fit, each with its form',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, grace, '/ext/notes')
    await shown(page.getByText('No language model: words are matched to functions.'))
    await say(visitor, 'create a note called “Bread”')
    const choice = page.getByRole('region', { name: 'Notes: Create note' })
    // It clearly leads, so its form is open at once.
    await shown(choice.getByRole('button', { name: /create_note/, expanded: true }))
    const title = choice.getByRole('textbox', { name: /^Title/ })
    await becomes(() => title.inputValue(), 'Bread')
    await visitor.picture('pick-list')
    await choice.getByRole('button', { name: 'Create note', exact: true }).click()
    await gone(choice)
    await shown(row(leftPanel(visitor, 'Notes'), 'Bread'))

    // A form that was sent stays done; one that was not rests, and neither reads what its fields would offer.
    await say(visitor, 'create a note called “Butter”')
    await shown(choice.getByRole('textbox', { name: /^Title/ }))
    const listed: string[] = []
    page.on('request', (request) => {
      const asked = /"function":"(list_\w+)"/.exec(request.postData() ?? '')
      if (asked?.[1]) listed.push(asked[1])
    })
    await page.reload()
    await shown(page.getByRole('list', { name: 'Functions that were run' }).getByText('create_note'))
    const resting = choice.getByRole('button', { name: /create_note.*from earlier/ })
    await shown(resting)
    expect([await choice.count(), await resting.isDisabled()]).toEqual([1, true])
    await gone(choice.getByRole('textbox'))
    await gone(choice.getByRole('button', { name: 'Create note', exact: true }))
    expect(listed).toEqual([])

    await say(visitor, '/notes.search_notes {"query": "Bread"}')
    await shown(page.getByRole('article', { name: 'Assistant' }).filter({ hasText: '1 note holds “Bread”' }))
  },
  STORY_TIMEOUT,
)

test(
  '[I2-ui] while the server is away the panel says so, and afterwards shows what it missed',
  async () => {
    const visitor = await stage.open()
    visitor.expectErrors(/Failed to load resource/)
    const { page } = visitor
    const { server } = stage
    const away = page.getByText('The server does not answer.')
    await signIn(visitor, grace, '/ext/notes')
    await shown(row(leftPanel(visitor, 'Notes'), 'Welcome to Notes'))
    await shown(page.getByRole('img', { name: 'Live updates are on' }))
    // Stopped, not ended: no connection closes, as when a network is gone without a word.
    process.kill(server.pid, 'SIGSTOP')
    try {
      await shown(away, 2 * PATIENCE)
      await shown(row(leftPanel(visitor, 'Notes'), 'Welcome to Notes'))
    } finally {
      process.kill(server.pid, 'SIGCONT')
    }
    await note('Written afterwards')
    await shown(row(leftPanel(visitor, 'Notes'), 'Written afterwards'))
    await gone(away)
  },
  STORY_TIMEOUT,
)

test(
  '[api 1.1] the reference shows every operation from the platform itself, and its policy forbids nothing that it needs',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).origin))
    await visitor.go('/reference')
    // Only what is in view is drawn; the filter brings a tag into it.
    await page.getByPlaceholder('Filter by tag').fill('extensions')
    await page.locator('[data-path="/v1/extensions/{app_id}/call"]').click()
    await shown(page.getByRole('button', { name: 'Try it out' }).first())
    await page.getByLabel(/definition/i).selectOption({ label: 'Registry' })
    await page.getByPlaceholder('Filter by tag').fill('')
    await shown(page.locator('[data-path="/v1/apps"]').first())
    expect(new Set(asked)).toEqual(new Set([new URL(stage.server.url).origin]))
  },
  STORY_TIMEOUT,
)

test(
  '[UI5.10] a decision that waits since before the page was loaded is opened and taken by keyboard',
  async () => {
    await note('Waits for a word')
    const { notes } = (await graceByApi.call('notes', 'list_notes', { limit: 100 })).data as {
      notes: { note_id: string; title: string }[]
    }
    const noteId = notes.find(({ title }) => title === 'Waits for a word')?.note_id
    await graceByApi.call('notes', 'delete_note', { note_id: noteId })
    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, grace)
    await page.getByRole('button', { name: '1 confirmation waiting' }).focus()
    await page.keyboard.press('Enter')
    const waiting = page.getByRole('region', { name: 'Waiting confirmations' })
    const card = waiting.getByRole('region', { name: 'Confirmation', exact: true })
    await focused(card)
    await visitor.picture('waiting-confirmation')
    await page.keyboard.press('Tab')
    await focused(card.getByRole('button', { name: 'Cancel' }))
    await page.keyboard.press('Tab')
    await focused(card.getByRole('button', { name: 'Delete note' }))
    await page.keyboard.press('Enter')
    await gone(card)
    await becomes(async () => (await titles()).includes('Waits for a word'), false)
    await shown(waiting.getByText('accepted by you'))
    await gone(page.getByRole('button', { name: '1 confirmation waiting' }))
    await waiting.getByRole('button', { name: 'Close' }).click()
    await gone(waiting)
  },
  STORY_TIMEOUT,
)

test(
  '[MCP] the address that another program names shows the decision, and it runs once when it is taken',
  async () => {
    await note('Named by an address')
    const { notes } = (await graceByApi.call('notes', 'list_notes', { limit: 100 })).data as {
      notes: { note_id: string; title: string }[]
    }
    const noteId = notes.find(({ title }) => title === 'Named by an address')?.note_id
    const stopped = (await graceByApi.call('notes', 'delete_note', { note_id: noteId })) as unknown as {
      data: { confirmation: { confirmation_id: string } }
    }
    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, grace)
    await visitor.go(`/?confirmation=${stopped.data.confirmation.confirmation_id}`)
    const dialog = page.getByRole('alertdialog')
    await shown(dialog)
    await shown(dialog.getByText('Notes').first())
    expect(page.url()).not.toContain('confirmation=')
    await dialog.getByRole('button', { name: /delete/i }).click()
    await gone(dialog)
    await becomes(async () => (await titles()).includes('Named by an address'), false)
  },
  STORY_TIMEOUT,
)
