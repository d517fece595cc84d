import { roles, tenants } from '@imperal/contract'
import { Badge } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { count, counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Facts, Row } from '../parts/section.tsx'

const POLICIES: Readonly<Record<string, string>> = {
  enforced: 'always asked',
  default_on: 'asked unless turned off',
  default_off: 'asked when turned on',
  disabled: 'never asked',
}

/** Every role of the tenant, with what it may and how much. */
export function Roles() {
  const all = useQuery({ queryKey: ['admin', 'roles'], queryFn: () => api.send(roles.list) })
  return (
    <Loaded query={all} rows={4}>
      {(list) => (
        <ul className="pg-rows" aria-label={t('Roles')}>
          {list.map((role) => (
            <Row
              key={role.id}
              title={role.display_name || role.name}
              badge={role.is_system ? <Badge tone="neutral">{t('built in')}</Badge> : null}
              detail={<code>{role.name}</code>}
            >
              <details className="pg-checks-more">
                <summary>{counted(role.default_scopes.length, 'scope')}</summary>
                <Facts
                  entries={[
                    [t('May'), role.default_scopes.join(', ')],
                    [t('May not'), role.denied_scopes.join(', ')],
                    [t('Confirmations'), POLICIES[role.confirmation_policy] ?? role.confirmation_policy],
                    [t('Tasks at once'), count(role.max_concurrent_tasks)],
                    [
                      t('Actions a month'),
                      role.monthly_action_limit === 0 ? 'no limit' : count(role.monthly_action_limit),
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
  )
}

/** The tenants that the administrator may see. */
export function Tenants() {
  const all = useQuery({ queryKey: ['admin', 'tenants'], queryFn: () => api.send(tenants.list) })
  return (
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
                  {t('signs in by')} {tenant.allowed_auth_methods} · {t('since')} <Moment value={tenant.created_at} />
                </>
              }
            />
          ))}
        </ul>
      )}
    </Loaded>
  )
}
