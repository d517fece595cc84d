import { secrets as routes, type SecretStatus } from '@imperal/contract'
import { Button, ConfirmDialog, TextField } from '@imperal/ui-kit'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { announce } from '../../data/announce.ts'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { failureOf } from '../parts/failure.ts'
import { count } from '../parts/figures.ts'
import { useForm } from '../parts/use-form.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text).length

/** Takes a new value for one secret and forgets it once it is sent. */
export function SecretForm({ appId, secret }: { readonly appId: string; readonly secret: SecretStatus }) {
  const client = useQueryClient()
  const [saved, setSaved] = useState(false)
  const params = { ext_id: appId, name: secret.name }
  const reread = () => client.invalidateQueries({ queryKey: ['secrets', appId] })
  const form = useForm({
    initial: { value: '' },
    check: ({ value }) => ({ value: problemOf(value, secret) }),
    send: async ({ value }) => {
      await api.send(routes.set, { params, body: { value } })
      form.reset()
      setSaved(true)
      announce(t('{name} is set', { name: secret.name }))
      await reread()
    },
  })
  if (secret.write_mode === 'extension') {
    return <p className="pg-help">{t('The app sets this one itself; it cannot be changed here.')}</p>
  }
  const bytes = bytesOf(form.values.value)
  return (
    <form {...form.form} className="pg-form" autoComplete="off">
      <TextField
        {...form.text('value')}
        onValue={(value) => {
          setSaved(false)
          form.set('value', value)
        }}
        label={secret.is_set ? t('New value') : t('Value')}
        type="password"
        description={t('{n} of {most} bytes', { n: count(bytes), most: count(secret.max_bytes) })}
        autoComplete="new-password"
        autoCapitalize="none"
        spellCheck={false}
        data-1p-ignore
        data-lpignore="true"
        data-bwignore
      />
      <FailedAlert failure={form.failure} />
      <div className="pg-actions">
        <Button type="submit" disabled={bytes === 0} pending={form.pending} pendingLabel={t('Saving')}>
          {secret.is_set ? t('Replace value') : t('Save value')}
        </Button>
        {secret.is_set ? <DeleteSecret appId={appId} name={secret.name} onDeleted={reread} /> : null}
        <span role="status" className="pg-help">
          {saved ? t('Saved.') : null}
        </span>
      </div>
    </form>
  )
}

function problemOf(value: string, secret: SecretStatus): string | undefined {
  if (value === '') return t('Enter a value.')
  const bytes = bytesOf(value)
  return bytes > secret.max_bytes
    ? t('The value takes {n} bytes; the app allows {most}.', { n: count(bytes), most: count(secret.max_bytes) })
    : undefined
}

function DeleteSecret({
  appId,
  name,
  onDeleted,
}: {
  readonly appId: string
  readonly name: string
  readonly onDeleted: () => Promise<void>
}) {
  const [asking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => api.send(routes.delete, { params: { ext_id: appId, name } }),
    onSuccess: async () => {
      announce(t('{name} is deleted', { name }))
      await onDeleted()
    },
    onError: (error) => {
      toasts.show({
        title: t('{name} was not deleted', { name }),
        message: failureOf(error).message,
        variant: 'error',
      })
    },
  })
  return (
    <>
      <Button variant="ghost" pending={remove.isPending} pendingLabel={t('Deleting')} onClick={() => setAsking(true)}>
        {t('Delete…')}
      </Button>
      <ConfirmDialog
        request={
          asking
            ? {
                title: t('Delete {name}?', { name }),
                message: t(
                  'Functions that need it are refused until it is set again. The value cannot be brought back.',
                ),
                confirmLabel: t('Delete secret'),
                destructive: true,
              }
            : null
        }
        onAnswer={(accepted) => {
          setAsking(false)
          if (accepted) remove.mutate()
        }}
      />
    </>
  )
}
