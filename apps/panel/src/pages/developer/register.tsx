import { developer } from '@imperal/contract'
import { Button, TextField } from '@imperal/ui-kit'
import { useQueryClient } from '@tanstack/react-query'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { Section } from '../parts/section.tsx'
import { useForm } from '../parts/use-form.ts'

/** Makes the person a developer: a name beside apps is all that it takes. */
export function Register() {
  const client = useQueryClient()
  const form = useForm({
    initial: { nickname: '', display_name: '' },
    check: ({ nickname }) => ({ nickname: nickname.trim() === '' ? t('Enter a nickname.') : undefined }),
    blame: ({ code }) => (/nickname/i.test(code) ? 'nickname' : null),
    send: async ({ nickname, display_name }) => {
      await api.send(developer.register, {
        body: {
          nickname: nickname.trim(),
          ...(display_name.trim() === '' ? {} : { display_name: display_name.trim() }),
        },
      })
      await client.invalidateQueries({ queryKey: ['developer'] })
    },
  })
  return (
    <Section
      title={t('Become a developer')}
      lead={t(
        'Write an app with the SDK or as a document, deploy it to your own account, and publish it when it is ready.',
      )}
    >
      <form {...form.form} className="pg-form">
        <TextField
          {...form.text('nickname')}
          label={t('Public handle')}
          description={t('Shown beside apps that you publish. Lower-case letters, digits, hyphens and underscores.')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={30}
          required
        />
        <TextField {...form.text('display_name')} label={t('Name')} autoComplete="name" maxLength={200} />
        <FailedAlert failure={form.failure} />
        <div>
          <Button type="submit" variant="primary" pending={form.pending} pendingLabel={t('Saving')}>
            {t('Become a developer')}
          </Button>
        </div>
      </form>
    </Section>
  )
}
