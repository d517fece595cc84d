import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { galleryEntries } from '../../packages/ui-kit/src/gallery/entries.ts'
import { loadOfMachine, printFigure } from '../support/figures.ts'
import { useGallery } from './support/gallery.ts'
import { becomes, focused, gone, PATIENCE, propertyOf, shown } from './support/seeing.ts'

const { gallery, story } = useGallery()

/** What lies in the clipboard of the browser. */
async function copied(page: Page): Promise<string> {
  return String(await page.evaluate('navigator.clipboard.readText()'))
}

// Runs in the page: scrolls a list from its end to its start within two seconds, and tells how the frames were.
const SCROLL = `new Promise((resolve) => {
  const list = [...document.querySelectorAll('.im-list')].find((one) => one.scrollTop > 1e5)
  const from = list.scrollTop
  const began = performance.now()
  const times = []
  let before = began
  const step = (now) => {
    times.push(now - before)
    before = now
    const done = Math.min(1, (now - began) / 2000)
    list.scrollTop = from * (1 - done)
    if (done < 1) return requestAnimationFrame(step)
    const sorted = times.slice(1).sort((a, b) => a - b)
    const at = (share) => sorted[Math.floor(sorted.length * share)].toFixed(1)
    resolve((times.length / 2).toFixed(0) + ' frames a second, frame time ' + at(0.5) + ' ms (median), ' + at(0.95) + ' ms (95 %)')
  }
  requestAnimationFrame(step)
})`

/** Rests a finger on a row until it is picked up, and lifts it again over another one. */
async function holdAndDrag(page: Page, from: Locator, to: Locator): Promise<void> {
  await from.scrollIntoViewIfNeeded()
  const middle = async (locator: Locator) => {
    const { x = 0, y = 0, width = 0, height = 0 } = (await locator.boundingBox()) ?? {}
    return { x: x + width / 2, y: y + height / 2 }
  }
  const touch = await page.context().newCDPSession(page)
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: { x: number; y: number }[]) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints })
  await send('touchStart', await middle(from))
  await shown(page.locator('[data-carried]'))
  await send('touchMove', await middle(to))
  await shown(page.locator('[data-over]'))
  await send('touchEnd')
  await touch.detach()
}

// Layout

story(
  '[ui:Stack] puts its children below each other; its toolbar takes keys',
  async ({ example, told, tabTo, press }) => {
    const stack = example('Below each other')
    const [first, second] = [
      await stack.getByText('Budget').boundingBox(),
      await stack.getByText('Three plans').boundingBox(),
    ]
    expect(second?.y).toBeGreaterThan(first?.y ?? Number.POSITIVE_INFINITY)
    await tabTo(example('A toolbar that stays at the top').getByRole('button', { name: 'New note' }))
    await press('Enter')
    await told('A toolbar that stays at the top', 'called __panel__editor')
  },
)

story('[ui:Row] puts its children beside each other', async ({ example, hasNoStops }) => {
  const row = example('Beside each other')
  const [left, right] = [await row.getByText('draft').boundingBox(), await row.getByText('sent').boundingBox()]
  expect(right?.x).toBeGreaterThan(left?.x ?? Number.POSITIVE_INFINITY)
  await hasNoStops()
})

story('[ui:Column] puts its children below each other', async ({ example, hasNoStops }) => {
  const column = example('Below each other')
  const [above, below] = [await column.getByText('Oslo').boundingBox(), await column.getByText('Bergen').boundingBox()]
  expect(below?.y).toBeGreaterThan(above?.y ?? Number.POSITIVE_INFINITY)
  await hasNoStops()
})

story('[ui:Grid] has equal columns', async ({ example, hasNoStops }) => {
  const heads = example('Three columns').getByRole('heading')
  await becomes(() => heads.count(), 3)
  const boxes = await Promise.all((await heads.all()).map((head) => head.boundingBox()))
  expect(new Set(boxes.map((box) => box?.y)).size).toBe(1)
  const cards = await example('Three columns').locator('.im-grid > *').all()
  const [first, second] = await Promise.all(cards.map((card) => card.boundingBox()))
  if (!first || !second) throw new Error('The grid shows no two cards.')
  expect(second.x - first.x - first.width).toBeCloseTo(12, 0)
  await hasNoStops()
})

story('[ui:Tabs] change with the arrows', async ({ example, tabTo, press }) => {
  const tabs = example('Two tabs')
  await tabTo(tabs.getByRole('tab', { name: 'Terms' }))
  await press('ArrowRight')
  await shown(tabs.getByRole('tabpanel', { name: /Orders/ }).getByText('Nothing this week'))
  await press('End')
  await shown(tabs.getByText('No files'))
})

story('[ui:Page] has a title and its rows', async ({ example, hasNoStops }) => {
  const page = example('A pane with its title')
  await shown(page.getByRole('heading', { name: 'Suppliers' }))
  await becomes(() => page.getByRole('listitem').count(), 3)
  await hasNoStops()
})

story('[ui:Section] [S003-154] folds with Enter', async ({ example, tabTo, press }) => {
  const section = example('Can be folded')
  const head = section.getByRole('button', { name: 'Open actions' })
  await tabTo(head)
  await press('Enter')
  await gone(section.getByText('Compare the two leases'))
  await press('Enter')
  await shown(section.getByText('Compare the two leases'))
})

story('[ui:Accordion] moves with the arrows and keeps one part open', async ({ example, tabTo, press }) => {
  const accordion = example('One part open at a time')
  await tabTo(accordion.getByRole('button', { name: 'What happens to my data?' }))
  await press('ArrowDown')
  await focused(accordion.getByRole('button', { name: 'What does it cost?' }))
  await press('Space')
  await shown(accordion.getByRole('region', { name: 'What does it cost?' }))
  await gone(accordion.getByText('It stays on your server.'))
})

// Display

story('[ui:Text] has roles, and tells what it cuts', async ({ example, hasNoStops }) => {
  await shown(example('Roles').getByRole('heading', { name: 'Monthly report' }))
  expect(await example('One line').getByText('A sentence that is too long').getAttribute('title')).toMatch(
    /every screen\.$/,
  )
  await hasNoStops()
})

story('[ui:Header] [S003-140] is a heading with a second line', async ({ example, hasNoStops }) => {
  // Level 3, moved down by one on this page.
  await shown(example('With a second line').getByRole('heading', { name: 'Inventory', level: 4 }))
  await shown(example('With a second line').getByText('128 items'))
  await hasNoStops()
})

story('[ui:Icon] is decoration, and stands in for a name that it does not know', async ({ example, hasNoStops }) => {
  const icons = example('Sizes and colours')
  await becomes(() => icons.locator('[aria-hidden=true]').count(), 5)
  await hasNoStops()
})

story(
  '[ui:Image] has words, acts as a button, and says when it is missing',
  async ({ example, told, tabTo, press }) => {
    const picture = example('With a caption').getByRole('img', { name: 'Our mark' })
    await becomes(() => propertyOf(picture, 'naturalWidth').then((width) => Number(width) > 0), true)
    await tabTo(example('As a button').getByRole('button', { name: 'Open the plan' }))
    await press('Enter')
    await told('As a button', 'called __panel__plan')
    await example('Missing').scrollIntoViewIfNeeded()
    await shown(example('Missing').getByText('Image unavailable'))
  },
)

story(
  '[ui:Code] is coloured, scrolls by keyboard and is copied with one key',
  async ({ example, page, tabTo, press }) => {
    const code = example('With line numbers')
    await becomes(async () => (await code.locator('pre span').count()) > 3, true)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await tabTo(code.getByRole('button', { name: 'Copy code' }))
    await press('Enter')
    await becomes(() => copied(page).then((text) => text.slice(0, 14)), 'select country')
    await tabTo(code.getByRole('group', { name: 'sql code' }))
  },
)

story('[ui:Markdown] has headings, tables, callouts and code', async ({ example, tabTo }) => {
  const note = example('A note')
  await shown(note.getByRole('heading', { name: 'Agenda' }))
  await shown(note.getByRole('cell', { name: 'Fjord' }))
  await becomes(() => note.getByRole('checkbox', { name: 'Done' }).isDisabled(), true)
  await shown(note.getByText('Bring the lease.'))
  await tabTo(note.getByRole('link', { name: 'Nord' }))
})

story('[ui:Divider] separates, and may carry a word', async ({ example, hasNoStops }) => {
  await shown(example('A hairline').getByRole('separator'))
  await shown(example('With a word').getByText('Earlier'))
  await hasNoStops()
})

story('[ui:Empty] offers a way out', async ({ example, told, tabTo, press }) => {
  await tabTo(example('With a way out').getByRole('button', { name: 'New invoice' }))
  await press('Enter')
  await told('With a way out', 'called __panel__invoice')
  await shown(example('Plain').getByText('No data'))
})

story(
  '[ui:Html] [S003-149] shows foreign markup in a frame that runs nothing, as high as it is',
  async ({ example, page, tabTo, press }) => {
    const mail = example('A mail on a white sheet')
    const frame = mail.getByTitle('HTML content')
    await shown(frame)
    expect(await frame.getAttribute('sandbox')).not.toContain('allow-scripts')
    // Read from outside: nothing runs inside, not even what tests bring along.
    const link = () =>
      frame.evaluate((element) => String(Reflect.get(element, 'contentDocument').querySelector('a')?.target))
    await becomes(link, '_blank')
    const sheet = () =>
      frame.evaluate(
        (element) =>
          Reflect.get(globalThis, 'getComputedStyle')(Reflect.get(element, 'contentDocument').documentElement)
            .backgroundColor,
      )
    await becomes(sheet, 'rgb(255, 255, 255)')
    await becomes(async () => ((await frame.boundingBox())?.height ?? 0) > 60, true)
    await shown(example('In the look of the panel').getByText('2 servers'))
    // What is in the frame is reached by keyboard as well, and opens outside of it.
    await page.context().route('https://example.com/**', (route) => route.fulfill({ body: 'The offer' }))
    await tabTo(frame)
    const inside = () =>
      frame.evaluate((element) => String(Reflect.get(element, 'contentDocument').activeElement?.textContent))
    await becomes(inside, 'the offer')
    const [outside] = await Promise.all([page.waitForEvent('popup'), press('Enter')])
    expect([outside.url(), await outside.evaluate('String(globalThis.opener)')]).toEqual([
      'https://example.com/offer',
      'null',
    ])
    await outside.close()
    await page.context().unroute('https://example.com/**')
  },
)

story('[ui:Video] plays, by keyboard too, and says when it cannot', async ({ example, tabTo, press }) => {
  const film = example('A film').getByLabel('How labels are printed')
  await becomes(() => propertyOf(film, 'readyState').then((state) => Number(state) >= 1), true)
  await tabTo(film)
  await press('Space')
  await becomes(() => propertyOf(film, 'currentTime').then((seconds) => Number(seconds) > 0), true)
  await shown(example('Unavailable').getByText('Video unavailable'))
})

story('[ui:Audio] plays by keyboard', async ({ example, tabTo, press }) => {
  const voice = example('A recording').getByLabel('Voice note, 2 s')
  await becomes(() => propertyOf(voice, 'readyState').then((state) => Number(state) >= 1), true)
  await tabTo(voice)
  await press('Space')
  await becomes(() => propertyOf(voice, 'currentTime').then((seconds) => Number(seconds) > 0), true)
})

// Interactive

story(
  '[ui:Button] [S003-136] calls, asks first, waits and shows its failure',
  async ({ example, page, told, tabTo, press }) => {
    const variants = example('Variants')
    const fill = (name: string) => variants.getByRole('button', { name }).getAttribute('class')
    expect([await fill('Save draft'), await fill('Delete 7 notes')]).toEqual([
      expect.stringContaining('im-primary'),
      expect.stringContaining('im-danger'),
    ])
    await tabTo(variants.getByRole('button', { name: 'Save draft' }))
    await press('Enter')
    await told('Variants', 'called save_draft')
    await tabTo(variants.getByRole('button', { name: 'Delete 7 notes' }))
    await press('Space')
    const question = page.getByRole('alertdialog')
    await focused(question.getByRole('button', { name: 'Cancel' }))
    await press('Tab', 'Enter')
    await gone(question)
    await told('Variants', 'called delete_notes')
    const states = example('States and sizes')
    await shown(states.getByRole('button', { name: 'Refresh' }))
    expect(await states.getByRole('button', { name: 'Disabled' }).isDisabled()).toBe(true)
    await tabTo(states.getByRole('button', { name: 'Always fails' }))
    await press('Enter')
    await shown(states.getByText('The server did not answer in 30 s'))
  },
)

story('[ui:BackButton] leads back', async ({ example, told, tabTo, press }) => {
  await tabTo(example('Leads back').getByRole('button', { name: '← Back to Notes' }))
  await press('Enter')
  await told('Leads back', 'called __panel__notes')
})

story('[ui:Card] opens as a whole, or holds controls of its own', async ({ example, told, tabTo, press }) => {
  await tabTo(example('With a footer').getByRole('button', { name: 'Edit terms' }))
  await press('Enter')
  await told('With a footer', 'called __panel__terms')
  await tabTo(example('Clickable').getByRole('button', { name: /Nordlys Paper/ }))
  await press('Enter')
  await told('Clickable', 'called __panel__supplier {"id":"nordlys"}')
})

story('[ui:Menu] opens, moves and asks by keyboard', async ({ example, page, told, tabTo, press, audit }) => {
  await tabTo(example('Actions of a note').getByRole('button', { name: 'More' }))
  await press('Enter')
  await focused(page.getByRole('menuitem', { name: 'Rename' }))
  await press('ArrowDown')
  // The disabled entry is passed over.
  await focused(page.getByRole('menuitem', { name: 'Delete' }))
  await press('ArrowUp')
  await focused(page.getByRole('menuitem', { name: 'Rename' }))
  await audit()
  await press('Enter')
  await told('Actions of a note', 'called rename_note')
  await focused(example('Actions of a note').getByRole('button', { name: 'More' }))
  await press('Enter')
  await focused(page.getByRole('menuitem', { name: 'Rename' }))
  await press('End')
  await focused(page.getByRole('menuitem', { name: 'Delete' }))
  await press('Enter')
  const question = page.getByRole('alertdialog')
  await focused(question.getByRole('button', { name: 'Cancel' }))
  await audit()
  await press('Tab', 'Enter')
  await told('Actions of a note', 'called delete_note')
})

story('[ui:Dialog] holds the focus, closes with Escape and confirms', async (specimen) => {
  const { example, page, told, tabTo, press, audit } = specimen
  const opener = example('A question').getByRole('button', { name: 'Show Dialog' })
  await tabTo(opener)
  await press('Enter')
  const dialog = page.getByRole('alertdialog', { name: 'Suspend Uptime?' })
  const keep = dialog.getByRole('button', { name: 'Keep running' })
  const suspend = dialog.getByRole('button', { name: 'Suspend Uptime' })
  await focused(keep)
  // Nothing but the two answers takes keys while it is open.
  await press('Tab')
  await focused(suspend)
  await press('Tab')
  await focused(keep)
  await audit()
  await press('Escape')
  await gone(dialog)
  await focused(opener)
  await press('Enter')
  await focused(keep)
  await press('Tab', 'Enter')
  await told('A question', 'called suspend')
  await gone(dialog)
  await focused(opener)
  await press('Enter')
  await shown(dialog)
})

story('[ui:Modal] takes what is written in it', async ({ example, page, told, tabTo, tabOn, press, type, audit }) => {
  await tabTo(example('A short task').getByRole('button', { name: 'Show Modal' }))
  await press('Enter')
  const modal = page.getByRole('dialog', { name: 'Rename note' })
  const field = modal.getByRole('textbox', { name: 'Title of the note' })
  await focused(field)
  await press('Control+A')
  await type('Budget 2027')
  expect(await field.inputValue()).toBe('Budget 2027')
  await audit()
  await tabOn(modal.getByRole('button', { name: 'Rename' }))
  await press('Enter')
  await press('Escape')
  await gone(modal)
  await told('A short task', /^called rename_note .*"title":"Budget 2027"/)
})

story(
  '[ui:Tooltip] shows on focus, explains the control that it is about, and hides with Escape',
  async ({ example, page, tabTo, press, audit }) => {
    const tip = page.getByRole('tooltip')
    const describes = async (text: string) => {
      await becomes(() => tip.innerText(), text)
      await becomes(
        () =>
          page.evaluate(
            '[...document.querySelectorAll("[role=tooltip]")].some(({ id }) => document.activeElement.getAttribute("aria-describedby")?.split(" ").includes(id))',
          ),
        true,
      )
    }
    await tabTo(example('On a badge').locator('[tabindex="0"]'))
    await describes('Since the last deploy, 10:42')
    await audit()
    await press('Escape')
    await gone(tip)
    const refresh = example('On a button').getByRole('button', { name: 'Refresh' })
    await tabTo(refresh)
    await describes('Asks the bank again')
    await press('Tab')
    await gone(tip)
    expect(await refresh.getAttribute('aria-describedby')).toBeNull()
    await example('On a badge').getByText('2.5.0').hover()
    await shown(tip)
    await press('Escape')
    await gone(tip)
  },
)

story('[ui:Link] goes outside in a new tab, inside in place, or calls', async ({ example, told, tabTo, press }) => {
  const links = example('Kinds')
  const outside = links.getByRole('link', { name: 'Read the terms' })
  expect([await outside.getAttribute('target'), await outside.getAttribute('rel')]).toEqual([
    '_blank',
    'noopener noreferrer',
  ])
  await tabTo(links.getByRole('link', { name: 'Open settings' }))
  await press('Enter')
  await told('Kinds', 'went to /settings/profile')
  await tabTo(links.getByRole('button', { name: 'Recalculate' }))
  await press('Enter')
  await told('Kinds', 'called recalculate')
})

story('[ui:SlideOver] holds controls and tells when it is closed', async (specimen) => {
  const { example, page, told, tabTo, tabOn, press, audit } = specimen
  await tabTo(example('A sheet from the side').getByRole('button', { name: 'Show SlideOver' }))
  await press('Enter')
  const sheet = page.getByRole('dialog', { name: 'Filters' })
  const late = sheet.getByRole('checkbox', { name: 'Late only' })
  await shown(late)
  if (!(await late.evaluate((element) => element.matches(':focus')))) await tabOn(late)
  await press('Space')
  await becomes(() => late.isChecked(), false)
  await audit()
  await press('Escape')
  await gone(sheet)
  await told('A sheet from the side', 'called filters_closed')
})

// Input

story('[ui:Input] is found by its label and sends with Enter', async ({ example, told, tabTo, press, type }) => {
  await tabTo(example('Sends by Enter').getByRole('textbox', { name: 'Search the archive' }))
  await type('lease')
  await press('Enter')
  await told('Sends by Enter', 'called search {"query":"lease"}')
  const wrong = example('Wrong and read-only').getByRole('textbox', { name: 'Mail' })
  expect(await wrong.getAttribute('aria-invalid')).toBe('true')
})

story('[ui:Password] hides what is typed', async ({ example, tabTo, type }) => {
  const field = example('A credential').getByLabel('API key')
  await tabTo(field)
  await type('sk-test')
  expect([await field.getAttribute('type'), await field.inputValue()]).toEqual(['password', 'sk-test'])
})

story('[ui:TextArea] sends with Ctrl and Enter', async ({ example, told, tabTo, press, type }) => {
  await tabTo(example('Several lines').getByRole('textbox', { name: 'Note' }))
  await press('Control+A')
  await type('Gate 4')
  await press('Control+Enter')
  await told('Several lines', 'called save_note {"note":"Gate 4"}')
})

story('[ui:Toggle] switches with Space and tells at once', async ({ example, told, tabTo, press }) => {
  await tabTo(example('Applies at once').getByRole('switch', { name: 'Reminders' }))
  await press('Space')
  await told('Applies at once', 'called set_reminders {"reminders":false}')
  expect(await example('Disabled').getByRole('switch', { name: 'Early access' }).isDisabled()).toBe(true)
})

story('[ui:Select] chooses, and searches where there is much', async (specimen) => {
  const { example, page, told, tabTo, press, type, audit } = specimen
  await tabTo(example('A few choices').getByRole('combobox', { name: 'Folder' }))
  await type('Rec')
  await told('A few choices', 'called move_note {"folder":"recipes"}')
  await tabTo(example('Many choices can be searched').getByRole('combobox', { name: 'Country' }))
  await type('norw')
  await shown(page.getByRole('listbox'))
  await audit()
  await press('ArrowDown', 'Enter')
  await told('Many choices can be searched', 'called set_country {"country":"nor"}')
})

story('[ui:MultiSelect] adds and removes with the keyboard', async (specimen) => {
  const { example, page, told, tabTo, press, type, audit } = specimen
  const folders = example('Chosen ones as chips')
  await tabTo(folders.getByRole('combobox', { name: 'Folders' }))
  await type('tra')
  await shown(page.getByRole('listbox'))
  await audit()
  await press('ArrowDown', 'Enter')
  await told('Chosen ones as chips', 'called set_folders {"folders":["recipes","travel"]}')
  await tabTo(folders.getByRole('button', { name: 'Remove Recipes' }))
  await press('Enter')
  await told('Chosen ones as chips', 'called set_folders {"folders":["travel"]}')
  // What had the focus is gone, so it is where one goes on.
  await focused(folders.getByRole('combobox', { name: 'Folders' }))
})

story('[ui:Slider] moves by its step', async ({ example, told, tabTo, press }) => {
  const slider = example('A limit').getByRole('slider', { name: 'Spending limit' })
  await tabTo(slider)
  await press('ArrowRight')
  await becomes(() => slider.inputValue(), '650')
  await told('A limit', 'called set_limit {"limit":650}')
  await press('End')
  await told('A limit', `called set_limit {"limit":${String(await slider.getAttribute('max'))}}`)
})

story('[ui:DatePicker] takes a date, typed or from the calendar', async (specimen) => {
  const { example, page, told, tabTo, press, type, audit } = specimen
  const picker = example('A day in a range')
  await tabTo(picker.getByLabel('Due', { exact: true }))
  // The same in whichever order the browser writes days and months.
  await type('12122026')
  await press('Enter')
  await told('A day in a range', 'called set_due {"due":"2026-12-12"}')
  await tabTo(picker.getByRole('button', { name: 'Choose Due in a calendar' }))
  await press('Enter')
  await shown(page.getByRole('grid'))
  await audit()
  await press('ArrowRight', 'Enter')
  await told('A day in a range', 'called set_due {"due":"2026-12-13"}')
})

story('[ui:FileUpload] takes files and says what became of them', async ({ example, page, told, tabTo, press }) => {
  const drop = example('Several files')
  const button = drop.getByRole('button', { name: /Drop receipts here/ })
  await tabTo(button)
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press('Enter')])
  await chooser.setFiles([
    { name: 'receipt.txt', mimeType: 'text/plain', buffer: Buffer.from('12 €') },
    { name: 'tool.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') },
  ])
  await told('Several files', /^called add_receipts .*receipt\.txt/)
  await shown(drop.getByText('tool.exe'))
})

story('[ui:RichEditor] writes bold and saves', async ({ example, told, tabTo, press, type }) => {
  const editor = example('A letter')
  await tabTo(editor.getByRole('textbox', { name: 'Letter' }))
  await press('Control+End', 'Enter', 'Control+B')
  await type('Yours')
  await becomes(() => editor.getByRole('button', { name: 'Bold' }).getAttribute('aria-pressed'), 'true')
  await press('Control+S')
  await told('A letter', /^called save_letter .*<strong>Yours<\/strong>/)
  await press('Control+B')
  await type(', Ida')
  await tabTo(editor.getByRole('button', { name: 'Bold' }))
  await press('End')
  await focused(editor.getByRole('button', { name: 'Save' }))
  await press('Enter')
  await told('A letter', /<strong>Yours<\/strong>, Ida/)
})

story('[ui:TagInput] adds, refuses and removes with the keyboard', async (specimen) => {
  const { example, page, told, tabTo, press, type, audit } = specimen
  const tags = example('With suggestions')
  await tabTo(tags.getByRole('combobox', { name: 'Tags' }))
  await type('o')
  await shown(page.getByRole('listbox'))
  await audit()
  await press('Backspace')
  await type('q2')
  await press('Enter')
  await told('With suggestions', 'called set_tags {"tags":["q1","hiring","q2"]}')
  await press('Backspace')
  await told('With suggestions', 'called set_tags {"tags":["q1","hiring"]}')
  await type('Oslo!')
  await press('Enter')
  await shown(tags.getByText('Lower case letters and digits only.'))
})

story('[ui:Form] says what is missing and sends everything', async ({ example, told, tabTo, press, type }) => {
  const form = example('A crate')
  await tabTo(form.getByRole('button', { name: 'Save crate' }))
  await press('Enter')
  const code = form.getByRole('textbox', { name: /^Code/ })
  await focused(code)
  expect(await code.getAttribute('aria-invalid')).toBe('true')
  await tabTo(code)
  await type('C-17')
  await press('Enter')
  await told('A crate', /^called save_crate .*"code":"C-17"/)
  await told('A crate', /"crate_id":"c-17"/)
})

story('[ui:Checkbox] ticks with Space', async ({ example, told, tabTo, press }) => {
  await tabTo(example('A yes or no').getByRole('checkbox', { name: 'Send as soon as it is numbered' }))
  await press('Space')
  await told('A yes or no', 'called set_send {"send":false}')
})

story('[ui:RadioGroup] moves with the arrows, past what is disabled', async ({ example, told, tabTo, press }) => {
  await tabTo(example('One of three').getByRole('radio', { name: 'Weekly' }))
  await press('ArrowUp')
  await told('One of three', 'called set_rhythm {"rhythm":"daily"}')
  expect(await example('One of three').getByRole('radio', { name: 'Never' }).isDisabled()).toBe(true)
})

// Data

story('[ui:List] [S003-154] searches, selects, acts on many, pages and moves rows by keyboard', async (specimen) => {
  const { example, page, told, tabTo, tabOn, press, type, audit } = specimen
  const notes = example('Search, groups, selection and bulk actions')
  await tabTo(notes.getByRole('searchbox', { name: 'Search 3 notes' }))
  await type('okafor')
  await becomes(() => notes.getByRole('listitem').count(), 1)
  await press('Escape')
  await tabTo(notes.getByRole('checkbox', { name: 'Select Pricing model' }))
  await press('Space')
  const bar = notes.getByRole('toolbar', { name: 'Selected rows' })
  await shown(bar.getByText('1 selected'))
  await tabTo(bar.getByRole('button', { name: 'Archive' }))
  await audit()
  await press('Enter')
  await told('Search, groups, selection and bulk actions', 'called archive_notes {"message_ids":["n1"]}')
  await gone(bar)
  const interview = notes.getByRole('listitem').filter({ hasText: 'Interview' })
  await tabTo(interview.getByRole('button', { name: /Interview/ }).first())
  await tabOn(interview.getByRole('button', { name: 'Archive', exact: true }))
  await press('Enter')
  await told('Search, groups, selection and bulk actions', 'called archive_note {"id":"n2"}')
  const pages = example('Pages')
  await tabTo(pages.getByRole('button', { name: 'Next' }))
  await press('Enter')
  await shown(pages.getByText('Invoice 2034'))
  const folders = example('Drag a note onto a folder')
  await folders.getByText('Lease draft').dragTo(folders.getByText('Contracts'))
  await told('Drag a note onto a folder', 'called move_note {"dragged_id":"d1","target_id":"f1"}')
  await tabTo(folders.getByRole('button', { name: 'Lease draft' }))
  await tabOn(folders.getByRole('button', { name: 'More actions' }).first())
  await press('Enter')
  await focused(page.getByRole('menuitem').first())
  await audit()
  await type('Move to A')
  await press('Enter')
  await told('Drag a note onto a folder', 'called move_note {"dragged_id":"d1","target_id":"f2"}')
  await gone(page.getByRole('menu'))
  const draft = folders.getByRole('button', { name: 'Lease draft' })
  await tabTo(draft)
  await press('Space', 'ArrowDown')
  await shown(folders.locator('[data-over]', { hasText: 'Contracts' }))
  await becomes(() => page.locator('body > [role=status]').innerText(), 'Contracts, 1 of 2')
  await press('Escape')
  await gone(folders.locator('[data-over]'))
  await press('Space', 'ArrowUp', 'ArrowUp', 'Space')
  await told('Drag a note onto a folder', 'called move_note {"dragged_id":"d1","target_id":"f1"}')
  await holdAndDrag(page, draft, folders.getByText('Archive box'))
  await told('Drag a note onto a folder', 'called move_note {"dragged_id":"d1","target_id":"f2"}')
})

story('[ui:ListItem] opens with Enter', async ({ example, told, tabTo, press }) => {
  await tabTo(example('A row alone').getByRole('button', { name: /Contract\.pdf/ }))
  await press('Enter')
  await told('A row alone', 'called open_file {"id":"a"}')
})

story(
  '[ui:DataTable] [S003-154] sorts, edits in place and opens rows by keyboard',
  async ({ example, told, tabTo, press, type }) => {
    const table = example('Sorted and edited in place')
    await tabTo(table.getByRole('button', { name: 'SKU' }))
    await press('Enter')
    await becomes(() => table.getByRole('columnheader', { name: 'SKU' }).getAttribute('aria-sort'), 'ascending')
    await tabTo(table.getByRole('button', { name: 'Edit Stock: 41' }))
    await press('Enter')
    await type('42')
    await press('Enter')
    await told('Sorted and edited in place', /^called set_stock .*"value":42/)
    await tabTo(table.getByRole('row', { name: /HT-090/ }))
    await press('Enter')
    await told('Sorted and edited in place', /^called open_item .*HT-090/)
  },
)

story('[ui:DataColumn] aligns and sorts its column', async ({ example, tabTo, press }) => {
  const table = example('Columns of a table')
  await tabTo(table.getByRole('button', { name: 'People' }))
  await press('Enter')
  await becomes(() => table.getByRole('row').nth(1).getByRole('cell').first().innerText(), 'Bergen')
  expect(await table.getByRole('columnheader', { name: 'People' }).getAttribute('data-align')).toBe('right')
})

story('[ui:Stat] tells a number and where it goes', async ({ example, hasNoStops }) => {
  await shown(example('With a trend').getByText('€18,420'))
  await shown(example('With a trend').getByText('12 % less than October'))
  await hasNoStops()
})

story('[ui:Stats] stand in one strip', async ({ example, hasNoStops }) => {
  const strip = example('A strip')
  const tops = await Promise.all(
    ['Open', 'Late', 'Paid'].map((word) => strip.getByText(word, { exact: true }).boundingBox()),
  )
  expect(new Set(tops.map((box) => box?.y)).size).toBe(1)
  await hasNoStops()
})

story('[ui:Badge] says its word in every colour', async ({ example, hasNoStops }) => {
  for (const word of ['active', 'late', 'synced', '12', 'online'])
    await shown(example('Colours').getByText(word, { exact: true }))
  await hasNoStops()
})

story('[ui:Avatar] shows initials under a name', async ({ example, hasNoStops }) => {
  await shown(example('Sizes and shapes').getByRole('img', { name: 'Ida Lund' }))
  await shown(example('Sizes and shapes').getByRole('img', { name: 'Imperal' }))
  await hasNoStops()
})

story(
  '[ui:KeyValue] [S003-139] pairs names and values, which can be copied',
  async ({ example, page, tabTo, press }) => {
    const facts = example('Two columns')
    const [first, second] = [facts.getByText('Payment'), facts.getByText('VAT id')]
    await shown(first)
    expect((await first.boundingBox())?.y).toBe((await second.boundingBox())?.y)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await tabTo(facts.getByRole('button', { name: /Copy/ }))
    await press('Enter')
    await becomes(() => copied(page), 'NO 984 661 185')
  },
)

story('[ui:Timeline] is a list in order', async ({ example, hasNoStops }) => {
  await becomes(() => example('An invoice').getByRole('listitem').count(), 3)
  await shown(example('An invoice').getByText('To accounts@halden.example'))
  await hasNoStops()
})

story('[ui:Tree] opens and closes with the arrows', async ({ example, told, tabTo, press }) => {
  const tree = example('Folders')
  await tabTo(tree.getByRole('treeitem', { name: 'Meetings' }))
  await press('ArrowDown')
  await focused(tree.getByRole('treeitem', { name: 'Steering' }))
  await press('Enter')
  await told('Folders', 'called open_folder {"id":"s"}')
  await press('ArrowDown')
  await focused(tree.getByRole('treeitem', { name: 'Weekly' }))
  await press('ArrowRight')
  await shown(tree.getByRole('treeitem', { name: 'Week 46' }))
})

// Feedback

story('[ui:Alert] is announced and can be dismissed', async ({ example, tabTo, press }) => {
  await shown(example('Error').getByRole('alert'))
  await shown(example('Information').getByRole('status'))
  const dismiss = example('Warning').getByRole('button', { name: 'Dismiss' })
  await tabTo(dismiss)
  await press('Enter')
  await gone(dismiss)
})

story('[ui:Progress] tells its value', async ({ example, hasNoStops }) => {
  expect(
    await example('A bar').getByRole('progressbar', { name: 'Importing contacts' }).getAttribute('aria-valuenow'),
  ).toBe('65')
  await shown(example('A ring').getByRole('progressbar', { name: 'Quota' }))
  await hasNoStops()
})

story('[ui:Chart] leads from point to point with the arrows, and has its numbers as a table', async (specimen) => {
  const { example, tabTo, press } = specimen
  const bars = example('Bars')
  await tabTo(bars.getByRole('img', { name: 'Actions per day. 7 data points.' }))
  await becomes(() => bars.getByRole('status').innerText(), 'Mon\nactions\n42')
  await press('ArrowRight', 'ArrowRight')
  await becomes(() => bars.getByRole('status').innerText(), 'Wed\nactions\n58')
  await press('ArrowLeft')
  await becomes(() => bars.getByRole('status').innerText(), 'Tue\nactions\n61')
  const lines = example('Lines with a second axis')
  await tabTo(lines.getByRole('img', { name: 'Orders and revenue. 7 data points.' }))
  await becomes(() => lines.getByRole('status').innerText(), 'Mon\nOrders\n12\nRevenue in €\n1,800')
  await gone(bars.getByRole('status'))
  const parts = example('Parts of a whole, with its table')
  await tabTo(parts.getByRole('img', { name: 'Credits by app. 3 data points.' }))
  await press('ArrowRight')
  await becomes(() => parts.getByRole('status').innerText(), 'Notes\n120')
  await shown(parts.getByRole('row', { name: /Assistant 410/ }))
})

story('[ui:Loading] says what is awaited', async ({ example, hasNoStops }) => {
  await shown(example('A ring').getByText('Reading 128 items'))
  await becomes(() => example('Places of rows').getByRole('status', { name: 'Loading rows' }).count(), 1)
  await hasNoStops()
})

story('[ui:Error] can be tried again', async ({ example, told, tabTo, press }) => {
  await shown(example('Can be tried again').getByRole('alert'))
  await tabTo(example('Can be tried again').getByRole('button', { name: 'Ask again' }))
  await press('Enter')
  await told('Can be tried again', 'called refresh_balances')
})

story('[ui:Toast] stays, is reached with F8, and gives the focus back', async (specimen) => {
  const { example, page, told, tabTo, press, audit } = specimen
  const opener = example('With a way back').getByRole('button', { name: 'Show Toast' })
  await tabTo(opener)
  await press('Enter')
  await shown(page.getByText('5 notes archived', { exact: true }))
  await press('F8')
  await focused(page.getByRole('region', { name: 'Notifications' }))
  await audit()
  await press('Escape')
  await focused(opener)
  await press('F8', 'Tab')
  await focused(page.getByRole('button', { name: 'Undo' }))
  await press('Enter')
  await told('With a way back', 'called unarchive_notes')
  await focused(opener)
})

story(
  '[ui:Graph] is a picture with tools, and two lists that take keys',
  async ({ example, told, tabTo, press, type }) => {
    const graph = example('Who works with whom')
    await tabTo(graph.getByRole('searchbox', { name: 'Find an entity' }))
    await type('Ida')
    await tabTo(graph.locator('summary', { hasText: /^Entities/ }))
    await press('Enter')
    await tabTo(graph.getByRole('button', { name: 'Ida Lund' }))
    await press('Enter')
    await told('Who works with whom', 'called open_entity {"node_id":"ida"}')
    await tabTo(graph.getByRole('combobox', { name: 'Layout' }))
    await type('Ri')
    await becomes(() => graph.getByRole('combobox', { name: 'Layout' }).inputValue(), 'concentric')
    await tabTo(graph.getByRole('checkbox', { name: /company/ }))
    await press('Space')
    await shown(graph.getByRole('img', { name: /3 entities, 1 relationships/ }))
    await tabTo(graph.getByRole('button', { name: 'Reset' }))
    await press('Enter')
    await shown(graph.getByRole('img', { name: /5 entities/ }))
    await tabTo(graph.locator('summary', { hasText: /^Relationships/ }))
    await press('Enter')
    await shown(graph.getByText('Ida Lund → Lease 2027: signs'))
  },
)

story('[ui:TrayResponse] is for the tray and draws nothing in a panel', async ({ example, hasNoStops }) => {
  await becomes(() => example('A counter and what opens below it').innerText(), '')
  await hasNoStops()
})

story('[ui:AppIcon] carries the name of its app', async ({ example, hasNoStops }) => {
  await shown(example('An app').getByRole('img', { name: 'Notes' }))
  await hasNoStops()
})

story('[ui:Ghost] shows what is only suggested', async ({ example, hasNoStops }) => {
  await shown(example('Something suggested').getByText('Perhaps on Thursday?'))
  await hasNoStops()
})

test(
  '[I7-4] [ui 4.2] a list of 5,000 rows keeps few of them in the page, loads the rest while scrolling, and scrolls smoothly',
  async () => {
    const page = gallery.page()
    await page.goto('/gallery/List')
    const example = page.getByRole('region', { name: 'List: Rows arrive while one scrolls', exact: true })
    const rows = example.getByRole('listitem')
    await shown(rows.first())
    // Each page of the app comes when the end of the one before is near.
    const scroller = example.locator('.im-list')
    const toEnd = () => scroller.evaluate((element) => void Reflect.set(element, 'scrollTop', 1e9))
    const last = example.getByText('Receipt 5000', { exact: true })
    await expect.poll(() => toEnd().then(() => last.count()), { timeout: PATIENCE }).toBe(1)
    expect(await rows.last().getAttribute('aria-setsize')).toBe('5000')
    expect(await rows.count()).toBeLessThan(80)
    const frames = await page.evaluate(SCROLL)
    printFigure('list of 5,000 rows while scrolling', `${String(frames)} (${loadOfMachine()})`)
    expect(await rows.count()).toBeLessThan(80)
    await shown(example.getByText('Receipt 1', { exact: true }))
    expect(await gallery.violations()).toEqual([])
  },
  PATIENCE * 3,
)

test(
  '[I7-1] the gallery lists every component, shows them all on one page, and finds them by name',
  async () => {
    const page = gallery.page()
    await page.emulateMedia({ colorScheme: 'light' })
    await page.goto('/gallery')
    const nav = page.getByRole('navigation', { name: 'Components' })
    const names = galleryEntries().map(({ name }) => name)
    await becomes(async () => (await nav.getByRole('link').count()) - 1, names.length)
    // What is far away is drawn when it comes near.
    const far = page.locator('.gl-far')
    const goOn = () => page.evaluate("document.querySelector('.gl-far')?.scrollIntoView()").then(() => far.count())
    await expect.poll(goOn, { timeout: PATIENCE * 2 }).toBe(0)
    expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual(expect.arrayContaining(names))
    // The single pages are looked at in dark by every rule; what differs in light is colours.
    expect(await gallery.colours()).toEqual([])
    await nav.getByRole('searchbox', { name: 'Find a component' }).fill('slider')
    await becomes(async () => (await nav.getByRole('link').allInnerTexts()).includes('Slider'), true)
    await becomes(async () => (await nav.getByRole('link').allInnerTexts()).includes('Menu'), false)
    await nav.getByRole('link', { name: 'Slider' }).click()
    await shown(page.getByRole('slider', { name: 'Spending limit' }))
    await page.getByRole('button', { name: 'Use the dark theme' }).click()
    await becomes(() => page.evaluate('getComputedStyle(document.documentElement).colorScheme'), 'dark')
  },
  PATIENCE * 3,
)
