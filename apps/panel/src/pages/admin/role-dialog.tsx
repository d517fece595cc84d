import { type RoleResponse, roles } from '@imperal/contract'
import { Button, Dialog, SelectField, TextField } from '@imperal/ui-kit'
import { useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { ScopesField } from '../parts/scopes-field.tsx'
import { roleWord } from '../parts/server-words.ts'
import { useForm } from '../parts/use-form.ts'
import { POLICIES } from './policies.ts'

const NAME = /^[a-z][a-z0-9_-]{1,62}$/
const isCount = (text: string, least: number, most: number) => {
  const value = Number(text)
  return text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most
}

const valuesOf = (role: RoleResponse | null) => ({
  name: role?.name ?? '',
  display_name: role?.display_name ?? '',
  default_scopes: role?.default_scopes ?? [],
  denied_scopes: role?.denied_scopes ?? [],
  confirmation_policy: role?.confirmation_policy ?? ('default_off' as const),
  max_concurrent_tasks: String(role?.max_concurrent_tasks ?? 3),
  monthly_action_limit: String(role?.monthly_action_limit ?? 500),
})

/** Makes a role, or changes one; the name of a role stays. */
export function RoleDialog({ role, onClose }: { readonly role: RoleResponse | null; readonly onClose: () => void }) {
  const id = useId()
  const client = useQueryClient()
  const form = useForm({
    initial: valuesOf(role),
    check: ({ name, max_concurrent_tasks, monthly_action_limit }) => ({
      name: NAME.test(name) ? undefined : t('A role is 2 to 63 lower-case letters, digits, _ and -.'),
      max_concurrent_tasks: isCount(max_concurrent_tasks, 1, 50) ? undefined : t('A number from 1 to 50.'),
      monthly_action_limit: isCount(monthly_action_limit, 0, 1_000_000_000) ? undefined : t('A number; 0 is no limit.'),
    }),
    blame: ({ code }) => (/scope/i.test(code) ? 'default_scopes' : /exists/i.test(code) ? 'name' : null),
    send: async (values) => {
      const body = {
        display_name: values.display_name.trim(),
        default_scopes: values.default_scopes,
        denied_scopes: values.denied_scopes,
        confirmation_policy: values.confirmation_policy,
        max_concurrent_tasks: Number(values.max_concurrent_tasks),
        monthly_action_limit: Number(values.monthly_action_limit),
      }
      if (role) await api.send(roles.update, { params: { role_id: role.id }, query: {}, body })
      else await api.send(roles.create, { body: { ...body, name: values.name } })
      await client.invalidateQueries({ queryKey: ['admin', 'roles'] })
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={role ? t('Change {name}', { name: roleWord(role.name, role.display_name) }) : t('New role')}
      footer={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" form={id} variant="primary" pending={form.pending} pendingLabel={t('Saving')}>
            {role ? t('Save role') : t('Create role')}
          </Button>
        </>
      }
    >
      <form {...form.form} id={id} className="pg-form">
        {role ? null : (
          <TextField
            {...form.text('name')}
            label={t('Id')}
            description={t('Stays for ever.')}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
        )}
        <TextField {...form.text('display_name')} label={t('Name')} maxLength={255} autoComplete="off" />
        <ScopesField
          label={t('May')}
          error={form.errors.default_scopes}
          values={form.values.default_scopes}
          onValues={(scopes) => form.set('default_scopes', scopes)}
        />
        <ScopesField
          label={t('May not')}
          description={t('Is refused whatever else allows it.')}
          error={form.errors.denied_scopes}
          values={form.values.denied_scopes}
          onValues={(scopes) => form.set('denied_scopes', scopes)}
        />
        <SelectField
          label={t('Confirmations')}
          options={Object.entries(POLICIES).map(([value, label]) => ({ value, label }))}
          value={form.values.confirmation_policy}
          onValue={(next) => form.set('confirmation_policy', next as RoleResponse['confirmation_policy'])}
        />
        <div className="pg-pair">
          <TextField {...form.text('max_concurrent_tasks')} label={t('Tasks at once')} inputMode="numeric" />
          <TextField
            {...form.text('monthly_action_limit')}
            label={t('Actions a month')}
            description={t('0 is no limit.')}
            inputMode="numeric"
          />
        </div>
        <FailedAlert failure={form.failure} />
      </form>
    </Dialog>
  )
}
