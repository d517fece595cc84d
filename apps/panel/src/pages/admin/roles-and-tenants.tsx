import { type RoleResponse, roles, type TenantResponse, tenants } from '@imperal/contract'
import { Badge, Button, ConfirmDialog, IconButton, Menu } from '@imperal/ui-kit'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { PageActions } from '../../components/page-frame.tsx'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { failureOf } from '../parts/failure.ts'
import { count, counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Facts, Row } from '../parts/section.tsx'
import { roleWord, scopeWord } from '../parts/server-words.ts'
import { POLICIES } from './policies.ts'
import { RoleDialog } from './role-dialog.tsx'
import { TenantDialog } from './tenant-dialog.tsx'

/** Every role of the tenant, with what it may and how much. */
export function Roles() {
  const all = useQuery({ queryKey: ['admin', 'roles'], queryFn: () => api.send(roles.list) })
  const client = useQueryClient()
  // `null` is a role that is about to be made.
  const [editing, setEditing] = useState<RoleResponse | null | undefined>(undefined)
  const [leaving, setLeaving] = useState<RoleResponse | null>(null)
  const remove = useMutation({
    mutationFn: (role: RoleResponse) => api.send(roles.remove, { params: { role_id: role.id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['admin', 'roles'] }),
    onError: (error) => toasts.show({ message: failureOf(error).message, variant: 'error' }),
  })
  return (
    <div className="pg-stack">
      <PageActions>
        <Button variant="primary" onClick={() => setEditing(null)}>
          {t('New role')}
        </Button>
      </PageActions>
      <Loaded query={all} rows={4}>
        {(list) => (
          <ul className="pg-rows" aria-label={t('Roles')}>
            {list.map((role) => (
              <Row
                key={role.id}
                title={roleWord(role.name, role.display_name)}
                badge={role.is_system ? <Badge tone="neutral">{t('built in')}</Badge> : null}
                detail={<code>{role.name}</code>}
                actions={
                  role.is_system ? null : (
                    <Menu
                      items={[
                        { key: 'change', label: t('Change…'), icon: 'Pencil', onSelect: () => setEditing(role) },
                        {
                          key: 'delete',
                          label: t('Delete…'),
                          icon: 'Trash2',
                          danger: true,
                          onSelect: () => setLeaving(role),
                        },
                      ]}
                    >
                      <IconButton
                        icon="Ellipsis"
                        label={t('Actions for {name}', { name: roleWord(role.name, role.display_name) })}
                      />
                    </Menu>
                  )
                }
              >
                <details className="pg-checks-more">
                  <summary>{counted(role.default_scopes.length, 'scope')}</summary>
                  <Facts
                    entries={[
                      [t('May'), <ScopeWords key="may" scopes={role.default_scopes} />],
                      [
                        t('May not'),
                        role.denied_scopes.length === 0 ? null : <ScopeWords key="not" scopes={role.denied_scopes} />,
                      ],
                      [t('Confirmations'), POLICIES[role.confirmation_policy] ?? role.confirmation_policy],
                      [t('Tasks at once'), count(role.max_concurrent_tasks)],
                      [
                        t('Actions a month'),
                        role.monthly_action_limit === 0 ? t('no limit') : count(role.monthly_action_limit),
                      ],
                      [t('Apps at the start'), role.default_extensions.join(', ')],
                    ]}
                  />
                </details>
              </Row>
            ))}
          </ul>
        )}
      </Loaded>
      {editing === undefined ? null : <RoleDialog role={editing} onClose={() => setEditing(undefined)} />}
      <ConfirmDialog
        request={
          leaving
            ? {
                title: t('Delete {name}?', { name: roleWord(leaving.name, leaving.display_name) }),
                message: t('Only a role that nobody has can be deleted.'),
                confirmLabel: t('Delete role'),
                destructive: true,
              }
            : null
        }
        onAnswer={(accepted) => {
          if (accepted && leaving) remove.mutate(leaving)
          setLeaving(null)
        }}
      />
    </div>
  )
}

function ScopeWords({ scopes }: { readonly scopes: readonly string[] }) {
  return (
    <ul className="pg-plain">
      {scopes.map((scope) => (
        <li key={scope}>
          <code>{scope}</code> {scopeWord(scope)}
        </li>
      ))}
    </ul>
  )
}

const WAYS_IN: Readonly<Record<string, string>> = {
  email: t('E-mail address'),
  api_key: t('API key'),
  oidc: t('Single sign-on'),
}
const waysIn = (methods: string): string =>
  methods
    .split(',')
    .map((method) => WAYS_IN[method.trim()] ?? method.trim())
    .join(', ')

/** The tenants that the administrator may see. */
export function Tenants() {
  const all = useQuery({ queryKey: ['admin', 'tenants'], queryFn: () => api.send(tenants.list) })
  const [editing, setEditing] = useState<TenantResponse | null | undefined>(undefined)
  return (
    <div className="pg-stack">
      <PageActions>
        <Button variant="primary" onClick={() => setEditing(null)}>
          {t('New tenant')}
        </Button>
      </PageActions>
      <Loaded query={all} rows={2}>
        {(list) => (
          <ul className="pg-rows" aria-label={t('Tenants')}>
            {list.map((tenant) => (
              <Row
                key={tenant.tenant_id}
                title={tenant.name}
                badge={tenant.is_active ? null : <Badge tone="danger">{t('closed')}</Badge>}
                detail={
                  <>
                    <code>{tenant.tenant_id}</code>
                    {tenant.parent_tenant_id ? ` · ${t('below {name}', { name: tenant.parent_tenant_id })}` : ''} ·{' '}
                    {t('signs in by')} {waysIn(tenant.allowed_auth_methods)} · {t('since')}{' '}
                    <Moment value={tenant.created_at} />
                  </>
                }
                actions={
                  <IconButton
                    icon="Pencil"
                    label={t('Change {name}', { name: tenant.name })}
                    onClick={() => setEditing(tenant)}
                  />
                }
              />
            ))}
          </ul>
        )}
      </Loaded>
      {editing === undefined ? null : <TenantDialog tenant={editing} onClose={() => setEditing(undefined)} />}
    </div>
  )
}
