import { roles, users } from '@imperal/contract'
import { Button, Dialog, SelectField, TextField } from '@imperal/ui-kit'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { emailProblem } from '../parts/email.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { roleWord } from '../parts/server-words.ts'
import { useForm } from '../parts/use-form.ts'

const SHORTEST_PASSWORD = 8

/** Makes an account that can be used at once, with a password that its owner is told and changes. */
export function NewPersonDialog({ onClose }: { readonly onClose: () => void }) {
  const id = useId()
  const client = useQueryClient()
  const known = useQuery({ queryKey: ['admin', 'roles'], queryFn: () => api.send(roles.list) })
  const form = useForm({
    initial: { first_name: '', last_name: '', email: '', password: '', role: 'user' },
    check: ({ email, password }) => ({
      email: emailProblem(email),
      password:
        password.length < SHORTEST_PASSWORD
          ? t('Use at least {count} characters.', { count: SHORTEST_PASSWORD })
          : undefined,
    }),
    blame: ({ status }) => (status === 409 ? 'email' : null),
    send: async ({ first_name, last_name, email, password, role }) => {
      const body = { email: email.trim(), password, role, first_name: first_name.trim(), last_name: last_name.trim() }
      const made = await api.send(users.create, { body })
      await client.invalidateQueries({ queryKey: ['admin', 'users'] })
      toasts.show({ message: t('{email} can sign in now', { email: made.email }), variant: 'success' })
      onClose()
    },
  })
  const options = (known.data ?? []).map((role) => ({
    value: role.name,
    label: roleWord(role.name, role.display_name),
  }))
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('Add a person')}
      subtitle={t('The account can be used at once. Tell the person the password; it is changed in the settings.')}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" form={id} variant="primary" pending={form.pending} pendingLabel={t('Creating')}>
            {t('Create account')}
          </Button>
        </>
      }
    >
      <form {...form.form} id={id} className="pg-form">
        <div className="pg-pair">
          <TextField {...form.text('first_name')} label={t('First name')} maxLength={100} autoComplete="off" />
          <TextField {...form.text('last_name')} label={t('Last name')} maxLength={100} autoComplete="off" />
        </div>
        <TextField
          {...form.text('email')}
          label={t('E-mail address')}
          type="email"
          inputMode="email"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
        <PasswordField
          {...form.text('password')}
          label={t('First password')}
          kind="new-password"
          description={t('At least {count} characters.', { count: SHORTEST_PASSWORD })}
        />
        <SelectField
          label={t('Role')}
          options={options}
          value={form.values.role}
          onValue={(role) => form.set('role', role || 'user')}
        />
        <FailedAlert failure={form.failure} />
      </form>
    </Dialog>
  )
}
