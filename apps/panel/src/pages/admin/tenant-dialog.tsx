import { type TenantResponse, tenants } from '@imperal/contract'
import { Button, CheckboxField, Dialog, TextField } from '@imperal/ui-kit'
import { useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { useForm } from '../parts/use-form.ts'

const ID = /^[a-z0-9][a-z0-9_-]{1,63}$/

/** Makes a tenant, or changes one; its id stays. */
export function TenantDialog({
  tenant,
  onClose,
}: {
  readonly tenant: TenantResponse | null
  readonly onClose: () => void
}) {
  const id = useId()
  const client = useQueryClient()
  const form = useForm({
    initial: {
      tenant_id: tenant?.tenant_id ?? '',
      name: tenant?.name ?? '',
      signup_open: tenant?.features.signup_open === true,
    },
    check: ({ tenant_id, name }) => ({
      tenant_id: ID.test(tenant_id) ? undefined : t('An id is 2 to 64 lower-case letters, digits, _ and -.'),
      name: name.trim() === '' ? t('Enter a name.') : undefined,
    }),
    blame: ({ status }) => (status === 409 ? 'tenant_id' : null),
    send: async ({ tenant_id, name, signup_open }) => {
      const features = { ...tenant?.features, signup_open }
      if (tenant) await api.send(tenants.update, { params: { tenant_id }, body: { name: name.trim(), features } })
      else await api.send(tenants.create, { body: { tenant_id, name: name.trim(), features } })
      await client.invalidateQueries({ queryKey: ['admin', 'tenants'] })
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={tenant ? t('Change {name}', { name: tenant.name }) : t('New tenant')}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" form={id} variant="primary" pending={form.pending} pendingLabel={t('Saving')}>
            {tenant ? t('Save tenant') : t('Create tenant')}
          </Button>
        </>
      }
    >
      <form {...form.form} id={id} className="pg-form">
        {tenant ? null : (
          <TextField
            {...form.text('tenant_id')}
            label={t('Id')}
            description={t('Stays for ever.')}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
        )}
        <TextField {...form.text('name')} label={t('Name')} maxLength={255} autoComplete="off" required />
        <CheckboxField
          label={t('Strangers may sign up')}
          description={t('Otherwise only administrators make accounts.')}
          checked={form.values.signup_open}
          onChecked={(open) => form.set('signup_open', open)}
        />
        <FailedAlert failure={form.failure} />
      </form>
    </Dialog>
  )
}
