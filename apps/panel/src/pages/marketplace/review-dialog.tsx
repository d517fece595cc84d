import { marketplace, type Review } from '@imperal/contract'
import { Button, Dialog, SelectField, TextAreaField, TextField } from '@imperal/ui-kit'
import { useId } from 'react'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { useForm } from '../parts/use-form.ts'

const SHORTEST = 20
const RATINGS = ['5', '4', '3', '2', '1'].map((value) => ({ value, label: t('{rating} of 5', { rating: value }) }))

/** Writes a review of an app, or changes one's own. */
export function ReviewDialog({
  app,
  before,
  onDone,
  onClose,
}: {
  readonly app: { readonly app_id: string; readonly display_name: string }
  readonly before: Review | null
  readonly onDone: () => Promise<unknown>
  readonly onClose: () => void
}) {
  const id = useId()
  const form = useForm({
    initial: { rating: String(before?.rating ?? 5), title: before?.title ?? '', body: before?.body ?? '' },
    check: ({ body }) => ({
      body: body.trim().length < SHORTEST ? t('At least {count} characters.', { count: SHORTEST }) : undefined,
    }),
    send: async ({ rating, title, body: text }) => {
      const body = { rating: Number(rating), title, body: text }
      if (before === null) await api.send(marketplace.createReview, { params: { app_id: app.app_id }, body })
      else await api.send(marketplace.updateReview, { params: { review_id: before.id }, body })
      await onDone()
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={t('Review of {name}', { name: app.display_name })}
      footer={
        <>
          <Button disabled={form.pending} onClick={onClose}>
            {t('Cancel')}
          </Button>
          <Button type="submit" form={id} variant="primary" pending={form.pending} pendingLabel={t('Saving')}>
            {t('Save')}
          </Button>
        </>
      }
    >
      <form {...form.form} id={id} className="pg-form">
        <SelectField
          label={t('Rating')}
          options={RATINGS}
          value={form.values.rating}
          onValue={(next) => form.set('rating', next)}
        />
        <TextField {...form.text('title')} label={t('Title')} maxLength={200} />
        <TextAreaField {...form.text('body')} label={t('Text')} rows={5} maxLength={5000} />
        <FailedAlert failure={form.failure} />
      </form>
    </Dialog>
  )
}
