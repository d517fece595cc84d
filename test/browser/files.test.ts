import { buffer } from 'node:stream/consumers'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { existing, person, signIn } from './support/people.ts'
import { becomes, gone, PATIENCE, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { centerPanel, leftPanel, openApp, row, rowAction, showView } from './support/shell.ts'
import { useStage } from './support/stage.ts'

const stage = useStage()
const people = new Map([1440, 390].map((width) => [width, person('Ida', String(width))]))

beforeAll(async () => {
  if (inject('chromium') === '') return
  for (const ida of people.values()) await existing(stage.server, ida, ['files'])
}, PATIENCE * 2)

describe.each([1440, 390])('files of a person at %i px', (width) => {
  test(
    '[ui 4.13] are uploaded, listed, downloaded, moved, edited, and deleted after a question',
    async () => {
      const ida = people.get(width)
      if (ida === undefined) throw new Error('no such width')
      const visitor = await stage.open({ width })
      const { page } = visitor
      await signIn(visitor, ida)
      await openApp(visitor, 'Files')
      await showView(visitor, 'Panel')
      const left = leftPanel(visitor, 'Files')
      const center = centerPanel(visitor, 'Files')
      const back = async () => {
        if (visitor.isPhone) await center.getByRole('button', { name: 'Back', exact: true }).click()
      }
      await left.getByRole('button', { name: 'Upload' }).click()
      await shown(center.getByRole('button', { name: /Drop files here/ }))
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        center.getByRole('button', { name: /Drop files here/ }).click(),
      ])
      // Larger together than what one call carries, and one that is too large by itself.
      const picture = Buffer.alloc(2_500_000, 7)
      await chooser.setFiles([
        { name: 'beach.png', mimeType: 'image/png', buffer: picture },
        { name: 'list.md', mimeType: '', buffer: Buffer.from('# Packing\n\n- towel') },
        { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(2_700_000) },
        { name: 'second.png', mimeType: 'image/png', buffer: picture },
      ])
      await shown(center.getByRole('alert').filter({ hasText: 'film.mp4: Larger than 2.5 MB.' }))
      const states = () => center.locator('.im-upload-row').evaluateAll((all) => all.map((one) => one.dataset.status))
      await becomes(states, ['done', 'done', 'done'])
      await visitor.picture('files-upload')
      await back()
      await shown(row(left, 'second.png'))
      await shown(row(left, 'beach.png'))

      await row(left, 'beach.png').getByText('beach.png').click()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        center.getByRole('link', { name: 'Download the file' }).click(),
      ])
      expect(download.suggestedFilename()).toBe('beach.png')
      expect((await buffer(await download.createReadStream())).equals(picture)).toBe(true)
      await visitor.picture('files-picture')
      await back()

      await row(left, 'list.md').getByText('list.md').click()
      await shown(center.getByText('towel'))
      await center.getByRole('button', { name: 'Edit text' }).click()
      await center.getByRole('textbox', { name: 'Text' }).fill('# Packing\n\n- sunscreen')
      await center.getByRole('button', { name: 'Save' }).click()
      await center.getByRole('button', { name: /the file/ }).click()
      await shown(center.getByText('sunscreen'))
      await center.getByRole('button', { name: 'Move or rename' }).click()
      const to = center.getByRole('textbox', { name: /^New path/ })
      await to.fill('../list.md')
      await center.getByRole('button', { name: 'Move', exact: true }).click()
      await shown(center.getByText(/a path is folders and a name/))
      await to.fill('second.png')
      await center.getByRole('button', { name: 'Move', exact: true }).click()
      await shown(center.getByText('second.png is there already.'))
      await to.fill('holidays/packing.md')
      await visitor.picture('files-move')
      await center.getByRole('button', { name: 'Move', exact: true }).click()
      await shown(center.getByRole('heading', { name: 'packing.md' }))
      await shown(center.getByText('sunscreen'))
      await visitor.picture('files-moved')
      await back()
      await shown(left.getByText('holidays'))
      await gone(row(left, 'list.md'))

      await rowAction(visitor, row(left, 'packing.md'), 'Delete')
      const question = page.getByRole('alertdialog')
      await shown(question.getByText('holidays/packing.md'))
      await visitor.picture('files-delete')
      await question.getByRole('button', { name: 'Delete file' }).click()
      await gone(question)
      await gone(row(left, 'packing.md'))
      await shown(row(left, 'beach.png'))
    },
    STORY_TIMEOUT,
  )
})
