import { type KeyListItem, type KeyResponse, keys } from '@imperal/contract'
import { Alert, Button, ConfirmDialog, CopyButton, EmptyState } from '@imperal/ui-kit'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { announce } from '../../data/announce.ts'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { failureOf } from '../parts/failure.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Row } from '../parts/section.tsx'
import { NewKeyDialog } from './new-key-dialog.tsx'

const keysQuery = { queryKey: ['keys'], queryFn: () => api.send(keys.list) }

/** API keys: made, shown once, listed and revoked. */
export function KeysSection() {
  const client = useQueryClient()
  const list = useQuery(keysQuery)
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<KeyResponse | null>(null)
  const [leaving, setLeaving] = useState<KeyListItem | null>(null)
  const revoke = useMutation({
    mutationFn: (key: KeyListItem) => api.send(keys.revoke, { params: { key_id: key.id } }),
    onSuccess: async (_answer, key) => {
      if (made?.id === key.id) setMade(null)
      await client.invalidateQueries({ queryKey: keysQuery.queryKey })
      announce(t('{name} is revoked', { name: key.name }))
    },
    onError: (error, key) => {
      toasts.show({
        title: t('{name} was not revoked', { name: key.name }),
        message: failureOf(error).message,
        variant: 'error',
      })
    },
  })
  const create = (
    <Button variant="primary" onClick={() => setMaking(true)}>
      {t('Create key')}
    </Button>
  )
  return (
    <div className="pg-stack pg-narrow">
      {made ? <FreshKey made={made} onDismiss={() => setMade(null)} /> : null}
      <Loaded query={list}>
        {(items) =>
          items.length === 0 ? (
            <EmptyState icon="KeyRound" message={t('No API keys')} action={create}>
              {t('Programs send a key as “Authorization: Bearer imp_…”.')}
            </EmptyState>
          ) : (
            <>
              <div>{create}</div>
              <ul className="pg-rows" aria-label={t('API keys')}>
                {items.map((key) => (
                  <Row
                    key={key.id}
                    title={key.name}
                    detail={
                      <>
                        <code>{key.key_prefix}…</code> · {key.scopes === '*' ? t('everything') : key.scopes} ·{' '}
                        {t('last used')} <Moment value={key.last_used_at} empty={t('never')} /> · {t('made')}{' '}
                        <Moment value={key.created_at} />
                      </>
                    }
                    actions={
                      <Button
                        size="sm"
                        pending={revoke.isPending && revoke.variables.id === key.id}
                        pendingLabel={t('Revoking')}
                        aria-label={t('Revoke {name}', { name: key.name })}
                        onClick={() => setLeaving(key)}
                      >
                        {t('Revoke…')}
                      </Button>
                    }
                  />
                ))}
              </ul>
            </>
          )
        }
      </Loaded>
      <NewKeyDialog
        open={making}
        onOpenChange={setMaking}
        onMade={async (key) => {
          setMade(key)
          setMaking(false)
          await client.invalidateQueries({ queryKey: keysQuery.queryKey })
        }}
      />
      <ConfirmDialog
        request={
          leaving
            ? {
                title: t('Revoke {name}?', { name: leaving.name }),
                message: t('Programs that use this key are refused from this moment on. It cannot be brought back.'),
                confirmLabel: t('Revoke key'),
                destructive: true,
              }
            : null
        }
        onAnswer={(accepted) => {
          if (accepted && leaving) revoke.mutate(leaving)
          setLeaving(null)
        }}
      />
    </div>
  )
}

function FreshKey({ made, onDismiss }: { readonly made: KeyResponse; readonly onDismiss: () => void }) {
  return (
    <Alert variant="success" title={t('{name} is ready', { name: made.name })} onDismiss={onDismiss}>
      {t('Copy the key now. It is not shown again.')}
      <div className="pg-secret-text">
        <code>{made.key}</code>
        <CopyButton text={made.key} label={t('Copy the key')} />
      </div>
    </Alert>
  )
}
