import { type KeyListItem, type KeyResponse, keys } from '@imperal/contract'
import { Alert, Button, ConfirmDialog, CopyButton, EmptyState } from '@imperal/ui-kit'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { announce } from '../../data/announce.ts'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
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
      announce(`${key.name} is revoked`)
    },
    onError: (error, key) => {
      toasts.show({ title: `${key.name} was not revoked`, message: failureOf(error).message, variant: 'error' })
    },
  })
  const create = (
    <Button variant="primary" onClick={() => setMaking(true)}>
      Create key
    </Button>
  )
  return (
    <div className="pg-stack pg-narrow">
      {made ? <FreshKey made={made} onDismiss={() => setMade(null)} /> : null}
      <Loaded query={list}>
        {(items) =>
          items.length === 0 ? (
            <EmptyState icon="KeyRound" message="No API keys" action={create}>
              Programs send a key as “Authorization: Bearer imp_…”.
            </EmptyState>
          ) : (
            <>
              <div>{create}</div>
              <ul className="pg-rows" aria-label="API keys">
                {items.map((key) => (
                  <Row
                    key={key.id}
                    title={key.name}
                    detail={
                      <>
                        <code>{key.key_prefix}…</code> · {key.scopes === '*' ? 'everything' : key.scopes} · last used{' '}
                        <Moment value={key.last_used_at} empty="never" /> · made <Moment value={key.created_at} />
                      </>
                    }
                    actions={
                      <Button
                        size="sm"
                        pending={revoke.isPending && revoke.variables.id === key.id}
                        pendingLabel="Revoking"
                        aria-label={`Revoke ${key.name}`}
                        onClick={() => setLeaving(key)}
                      >
                        Revoke…
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
                title: `Revoke ${leaving.name}?`,
                message: 'Programs that use this key are refused from this moment on. It cannot be brought back.',
                confirmLabel: 'Revoke key',
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
    <Alert variant="success" title={`${made.name} is ready`} onDismiss={onDismiss}>
      Copy the key now. It is not shown again.
      <div className="pg-secret-text">
        <code>{made.key}</code>
        <CopyButton text={made.key} label="Copy the key" />
      </div>
    </Alert>
  )
}
