import { auth, billing, me as meRoutes } from '@imperal/contract'
import { Avatar, Badge, Button, CopyButton, type RemoteImages, SelectField, TextField } from '@imperal/ui-kit'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../data/api.ts'
import { type Me, meQuery, nameOf } from '../../data/me.ts'
import { chooseRemoteImages, remoteImages } from '../../data/remote-images.ts'
import { useStore } from '../../data/store.ts'
import { chooseTheme, type Theme, theme } from '../../data/theme.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { count } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Facts, Section } from '../parts/section.tsx'
import { roleWord } from '../parts/server-words.ts'
import { useForm } from '../parts/use-form.ts'
import { LanguageField } from './language-field.tsx'
import { PasswordForm } from './password-form.tsx'
import { TimezoneField } from './timezone-field.tsx'

/** Who is signed in, and what belongs to nobody else. */
export function ProfileSection() {
  const me = useQuery(meQuery)
  return (
    <Loaded query={me}>
      {(person) => (
        <div className="pg-stack">
          <Identity me={person} />
          <NameForm me={person} />
          <Wallet />
          <Nickname />
          <Appearance />
          <PasswordForm email={person.email} />
        </div>
      )}
    </Loaded>
  )
}

function Identity({ me }: { readonly me: Me }) {
  return (
    <Section title={t('Account')}>
      <div className="pg-identity">
        <Avatar name={nameOf(me)} size={40} />
        <div>
          <strong>{nameOf(me)}</strong> {me.role === 'user' ? null : <Badge>{roleWord(me.role)}</Badge>}
          <p>{me.email}</p>
        </div>
      </div>
      <Facts
        entries={[
          [
            t('User id'),
            <span key="id" className="pg-copy">
              <code>{me.imperal_id}</code> <CopyButton text={me.imperal_id} label={t('Copy the user id')} />
            </span>,
          ],
          [t('Workspace'), me.tenant_id],
          [t('Member since'), <Moment key="since" value={me.created_at} />],
          [t('Last sign-in'), <Moment key="last" value={me.last_login} empty="" />],
        ]}
      />
    </Section>
  )
}

function NameForm({ me }: { readonly me: Me }) {
  const client = useQueryClient()
  const [saved, setSaved] = useState(false)
  const form = useForm({
    initial: { first_name: me.first_name, last_name: me.last_name },
    send: async ({ first_name, last_name }) => {
      const names = { first_name: first_name.trim(), last_name: last_name.trim() }
      client.setQueryData(meQuery.queryKey, await api.send(auth.updateMe, { body: names }))
      form.reset(names)
      setSaved(true)
    },
  })
  return (
    <Section title={t('Name')} lead={t('How the assistant and other people call you.')}>
      <form {...form.form} className="pg-form">
        <div className="pg-pair">
          <TextField {...form.text('first_name')} label={t('First name')} autoComplete="given-name" maxLength={100} />
          <TextField {...form.text('last_name')} label={t('Last name')} autoComplete="family-name" maxLength={100} />
        </div>
        <FailedAlert failure={form.failure} />
        <div>
          <Button type="submit" pending={form.pending} pendingLabel={t('Saving')} disabled={!form.changed}>
            {saved && !form.changed ? t('Saved') : t('Save name')}
          </Button>
        </div>
      </form>
    </Section>
  )
}

function Wallet() {
  const balance = useQuery({ queryKey: ['billing', 'balance'], queryFn: () => api.send(billing.balance) })
  return (
    <Section title={t('Wallet')}>
      <Loaded query={balance} rows={1}>
        {(wallet) => (
          <>
            <p className="pg-balance">
              <strong>{count(wallet.balance)}</strong> {t('credits available')}
            </p>
            <p className="pg-help">
              {wallet.included_tokens > 0 ? `${t('{n} included', { n: count(wallet.included_tokens) })} · ` : ''}
              {t('{plan} plan. 1,000 credits are one dollar.', {
                plan: wallet.plan.charAt(0).toUpperCase() + wallet.plan.slice(1),
              })}
            </p>
          </>
        )}
      </Loaded>
    </Section>
  )
}

const nicknameQuery = { queryKey: ['me', 'nickname'], queryFn: () => api.send(meRoutes.nickname) }

function Nickname() {
  const nickname = useQuery(nicknameQuery)
  return (
    <Section title={t('Nickname')}>
      <Loaded query={nickname} rows={1}>
        {(answer) => <NicknameForm current={answer.nickname ?? ''} />}
      </Loaded>
    </Section>
  )
}

function NicknameForm({ current }: { readonly current: string }) {
  const client = useQueryClient()
  const [saved, setSaved] = useState(false)
  const form = useForm({
    initial: { nickname: current },
    check: ({ nickname }) => ({ nickname: nickname.trim() === '' ? t('Enter a nickname.') : undefined }),
    blame: ({ status }) => (status === 400 ? 'nickname' : null),
    send: async ({ nickname }) => {
      client.setQueryData(
        nicknameQuery.queryKey,
        await api.send(meRoutes.setNickname, { body: { nickname: nickname.trim() } }),
      )
      form.reset({ nickname: nickname.trim() })
      setSaved(true)
    },
  })
  return (
    <form {...form.form} className="pg-form pg-inline">
      <TextField
        {...form.text('nickname')}
        label={t('Public handle')}
        description={t('Shown beside apps that you publish. Lower-case letters, digits, hyphens and underscores.')}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={30}
      />
      <Button type="submit" pending={form.pending} pendingLabel={t('Saving')} disabled={!form.changed}>
        {saved && !form.changed ? t('Saved') : t('Save')}
      </Button>
      <FailedAlert failure={form.failure} />
    </form>
  )
}

const THEMES = [
  { value: 'system', label: t('As the system') },
  { value: 'light', label: t('Light') },
  { value: 'dark', label: t('Dark') },
]

const PICTURES = [
  { value: '', label: t('Ask in mail') },
  { value: 'ask', label: t('Always ask') },
  { value: 'always', label: t('Always load them') },
  { value: 'never', label: t('Never load them') },
]

function Appearance() {
  const current = useStore(theme)
  const pictures = useStore(remoteImages)
  return (
    <Section title={t('Appearance, language and time')}>
      <div className="pg-form">
        <div className="pg-pair">
          <SelectField
            label={t('Theme')}
            description={t('For this browser.')}
            options={THEMES}
            value={current}
            onValue={(next) => chooseTheme((next || 'system') as Theme)}
          />
          <TimezoneField />
        </div>
        <LanguageField />
        <SelectField
          label={t('Pictures from elsewhere')}
          description={t('Whoever serves them learns that you look. For this browser.')}
          placeholder={t('Ask in mail')}
          options={PICTURES}
          value={pictures ?? ''}
          onValue={(next) => chooseRemoteImages(next === '' ? undefined : (next as RemoteImages))} // of the list above
        />
      </div>
    </Section>
  )
}
