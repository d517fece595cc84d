import { auth } from '@imperal/contract'
import { Button, TextField } from '@imperal/ui-kit'
import { useMutation } from '@tanstack/react-query'
import { publicApi } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { emailProblem } from '../parts/email.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { failureOf } from '../parts/failure.ts'
import { useForm } from '../parts/use-form.ts'

const resend = (email: string) => publicApi.send(auth.resendVerification, { body: { email } })

/** Mails the verification once more to an address that is already known. */
export function ResendButton({
  email,
  label = t('Send the mail again'),
}: {
  readonly email: string
  readonly label?: string
}) {
  const sending = useMutation({ mutationFn: () => resend(email) })
  return (
    <div className="pg-resend">
      <Button size="sm" pending={sending.isPending} pendingLabel={t('Sending')} onClick={() => sending.mutate()}>
        {label}
      </Button>
      <p role="status" className="pg-help">
        {sending.isSuccess ? t('Sent. The link of the earlier mail no longer works.') : null}
      </p>
      <FailedAlert failure={sending.isError ? failureOf(sending.error) : null} />
    </div>
  )
}

/** Asks for the address first. */
export function ResendForm({ onSent }: { readonly onSent: (email: string) => void }) {
  const form = useForm({
    initial: { email: '' },
    check: ({ email }) => ({ email: emailProblem(email) }),
    send: async ({ email }) => {
      await resend(email.trim())
      onSent(email.trim())
    },
  })
  return (
    <form {...form.form} className="pg-form">
      <TextField {...form.text('email')} label={t('E-mail address')} type="email" autoComplete="email" required />
      <FailedAlert failure={form.failure} />
      <Button type="submit" variant="primary" size="lg" fullWidth pending={form.pending} pendingLabel={t('Sending')}>
        {t('Send a new mail')}
      </Button>
    </form>
  )
}
