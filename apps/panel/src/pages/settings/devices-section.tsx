import { auth, type SessionInfo } from '@imperal/contract'
import { Badge, Button, ConfirmDialog, IconGlyph } from '@imperal/ui-kit'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { announce } from '../../data/announce.ts'
import { api } from '../../data/api.ts'
import { signOut } from '../../data/session.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { useGo } from '../parts/address.ts'
import { failureOf } from '../parts/failure.ts'
import { counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Row } from '../parts/section.tsx'

const sessionsQuery = { queryKey: ['auth', 'sessions'], queryFn: () => api.send(auth.sessions), staleTime: 0 }
const ICONS: Readonly<Record<string, string>> = { web: 'Globe', terminal: 'SquareTerminal', mobile: 'Smartphone' }

/** Everything that is signed in, and how to end it. */
export function DevicesSection() {
  const client = useQueryClient()
  const sessions = useQuery(sessionsQuery)
  const [asking, setAsking] = useState(false)
  const failed = (error: unknown) => {
    toasts.show({ title: t('Nothing was signed out'), message: failureOf(error).message, variant: 'error' })
  }
  const reread = () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey })
  const revoke = useMutation({
    mutationFn: (session: SessionInfo) => api.send(auth.revokeSession, { params: { session_id: session.session_id } }),
    onSuccess: async (_answer, session) => {
      await reread()
      announce(t('{name} is signed out', { name: session.label }))
    },
    onError: failed,
  })
  const revokeOthers = useMutation({
    mutationFn: () => api.send(auth.revokeOtherSessions),
    onSuccess: async ({ revoked }) => {
      await reread()
      toasts.show({ message: t('{devices} signed out', { devices: counted(revoked, 'device') }), variant: 'success' })
    },
    onError: failed,
  })
  return (
    <Loaded query={sessions}>
      {({ sessions: list }) => (
        <div className="pg-stack pg-narrow">
          <ul className="pg-rows" aria-label={t('Signed-in devices')}>
            {list.map((session) => (
              <Device
                key={session.session_id}
                session={session}
                leaving={revoke.isPending && revoke.variables.session_id === session.session_id}
                onRevoke={() => revoke.mutate(session)}
              />
            ))}
          </ul>
          {list.some((session) => !session.current) ? (
            <div>
              <Button pending={revokeOthers.isPending} pendingLabel={t('Signing out')} onClick={() => setAsking(true)}>
                {t('Sign out all other devices…')}
              </Button>
            </div>
          ) : (
            <p className="pg-help">{t('Nothing else is signed in.')}</p>
          )}
          <ConfirmDialog
            request={
              asking
                ? {
                    title: t('Sign out all other devices?'),
                    message: t(
                      'Browsers, terminals and programs have to sign in again. This browser stays signed in; API keys keep working.',
                    ),
                    confirmLabel: t('Sign out other devices'),
                    destructive: true,
                  }
                : null
            }
            onAnswer={(accepted) => {
              setAsking(false)
              if (accepted) revokeOthers.mutate()
            }}
          />
        </div>
      )}
    </Loaded>
  )
}

function Device({
  session,
  leaving,
  onRevoke,
}: {
  readonly session: SessionInfo
  readonly leaving: boolean
  readonly onRevoke: () => void
}) {
  const go = useGo()
  const leaveHere = async () => {
    await signOut()
    go('/sign-in', { replace: true })
  }
  return (
    <Row
      icon={<IconGlyph name={ICONS[session.surface] ?? 'MonitorSmartphone'} size={20} className="pg-row-icon" />}
      title={session.label}
      badge={session.current ? <Badge tone="primary">{t('this browser')}</Badge> : null}
      detail={
        <span title={session.user_agent ?? undefined}>
          {[session.surface, session.ip_address].filter(Boolean).join(' · ')} · {t('seen')}{' '}
          <Moment value={session.last_seen_at} /> · {t('signed in')} <Moment value={session.created_at} />
        </span>
      }
      actions={
        <Button
          size="sm"
          pending={leaving}
          pendingLabel={t('Signing out')}
          aria-label={t('Sign out {name}', { name: session.label })}
          onClick={session.current ? () => void leaveHere() : onRevoke}
        >
          {t('Sign out')}
        </Button>
      }
    />
  )
}
