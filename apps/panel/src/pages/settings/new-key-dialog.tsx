import { type KeyResponse, keys } from '@imperal/contract'
import { Button, Dialog, RadioField, TextField } from '@imperal/ui-kit'
import { useId } from 'react'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { ScopesField } from '../parts/scopes-field.tsx'
import { useForm } from '../parts/use-form.ts'

const REACH = [
  { value: 'all', label: t('Everything'), description: t('Whatever this account may do.') },
  { value: 'some', label: t('Some scopes'), description: t('Only the functions that need them.') },
]

/** Asks for name and reach of a new key. */
export function NewKeyDialog({
  open,
  onOpenChange,
  onMade,
}: {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly onMade: (made: KeyResponse) => Promise<void>
}) {
  const id = useId()
  const form = useForm({
    initial: { name: '', reach: 'all', scopes: [] as string[] },
    check: ({ name, reach, scopes }) => ({
      name: name.trim() === '' ? t('Name the key after the program that uses it.') : undefined,
      scopes: reach === 'some' && scopes.length === 0 ? t('Choose at least one scope.') : undefined,
    }),
    blame: ({ status }) => (status === 400 ? 'scopes' : null),
    send: async ({ name, reach, scopes }) => {
      const made = await api.send(keys.create, {
        body: { name: name.trim(), scopes: reach === 'all' ? '*' : scopes.join(' ') },
      })
      form.reset()
      await onMade(made)
    },
  })
  const close = (next: boolean) => {
    if (!next) form.reset()
    onOpenChange(next)
  }
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={t('Create an API key')}
      size="sm"
      footer={
        <>
          <Button onClick={() => close(false)}>{t('Cancel')}</Button>
          <Button type="submit" form={id} variant="primary" pending={form.pending} pendingLabel={t('Creating')}>
            {t('Create key')}
          </Button>
        </>
      }
    >
      <form {...form.form} id={id} className="pg-form">
        <TextField
          {...form.text('name')}
          label={t('Name')}
          placeholder={t('Backup script')}
          maxLength={100}
          autoComplete="off"
          required
        />
        <RadioField
          label={t('It may use')}
          options={REACH}
          value={form.values.reach}
          onValue={(reach) => form.set('reach', reach)}
        />
        {form.values.reach === 'some' ? (
          <ScopesField
            label={t('Scopes')}
            error={form.errors.scopes}
            required
            values={form.values.scopes}
            onValues={(scopes) => form.set('scopes', scopes)}
          />
        ) : null}
        <FailedAlert failure={form.failure} />
      </form>
    </Dialog>
  )
}
