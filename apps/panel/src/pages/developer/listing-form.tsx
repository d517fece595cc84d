import { developer } from '@imperal/contract'
import { Button, TextAreaField, TextField } from '@imperal/ui-kit'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { useForm } from '../parts/use-form.ts'
import type { OwnApp } from './own-app.ts'

const valuesOf = (
  app: Pick<
    OwnApp,
    'display_name' | 'short_description' | 'description' | 'long_description' | 'homepage' | 'license' | 'tags'
  >,
) => ({
  display_name: app.display_name,
  short_description: app.short_description,
  description: app.description,
  long_description: app.long_description,
  homepage: app.homepage,
  license: app.license,
  tags: app.tags.join(', '),
})

/** What the marketplace says of the app. */
export function ListingForm({ app }: { readonly app: OwnApp }) {
  const client = useQueryClient()
  const [saved, setSaved] = useState(false)
  const form = useForm({
    initial: valuesOf(app),
    check: ({ display_name }) => ({ display_name: display_name.trim() === '' ? t('Enter a name.') : undefined }),
    send: async ({ tags, ...values }) => {
      const list = tags
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== '')
      const next = await api.send(developer.updateApp, {
        params: { app_id: app.app_id },
        body: { ...values, tags: list },
      })
      form.reset(valuesOf(next))
      setSaved(true)
      await client.invalidateQueries({ queryKey: ['developer'] })
    },
  })
  return (
    <form {...form.form} className="pg-form">
      <TextField {...form.text('display_name')} label={t('Name')} maxLength={200} autoComplete="off" required />
      <TextField
        {...form.text('short_description')}
        label={t('What it does')}
        description={t('One sentence for the marketplace.')}
        maxLength={200}
        autoComplete="off"
      />
      <TextAreaField {...form.text('description')} label={t('Description')} rows={3} maxLength={2000} />
      <TextAreaField
        {...form.text('long_description')}
        label={t('The whole story')}
        description={t('Markdown, for the page of the app.')}
        rows={8}
        maxLength={20000}
      />
      <div className="pg-pair">
        <TextField
          {...form.text('homepage')}
          label={t('Web page')}
          type="url"
          placeholder="https://"
          autoComplete="off"
        />
        <TextField {...form.text('license')} label={t('Licence')} maxLength={100} autoComplete="off" />
      </div>
      <TextField
        {...form.text('tags')}
        label={t('Tags')}
        description={t('With commas between them.')}
        autoComplete="off"
      />
      <FailedAlert failure={form.failure} />
      <div>
        <Button type="submit" pending={form.pending} pendingLabel={t('Saving')} disabled={!form.changed}>
          {saved && !form.changed ? t('Saved') : t('Save')}
        </Button>
      </div>
    </form>
  )
}
