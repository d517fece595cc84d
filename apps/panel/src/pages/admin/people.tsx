import { roles, type UserDetailResponse, users } from '@imperal/contract'
import { Avatar, Badge, Button, EmptyState, IconButton, Menu } from '@imperal/ui-kit'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { PageActions } from '../../components/page-frame.tsx'
import { api } from '../../data/api.ts'
import { useMe } from '../../data/me.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { useAddressQuery } from '../parts/address.ts'
import { failureOf } from '../parts/failure.ts'
import { counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { Row } from '../parts/section.tsx'
import { roleWord } from '../parts/server-words.ts'
import { NewPersonDialog } from './new-person-dialog.tsx'
import { Pager } from './pager.tsx'
import { WaysIn } from './ways-in.tsx'

const PER_PAGE = 50

/** Everybody of the tenant: found by name or address, given another role, or kept out. */
export function People() {
  const [query, change] = useAddressQuery()
  const search = query.get('q') ?? ''
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1)
  const found = useQuery({
    queryKey: ['admin', 'users', search, page],
    queryFn: () =>
      api.send(users.list, {
        query: {
          search: search || undefined,
          include_inactive: 'true',
          limit: PER_PAGE,
          offset: (page - 1) * PER_PAGE,
        },
      }),
    placeholderData: keepPreviousData,
  })
  const [adding, setAdding] = useState(false)
  return (
    <div className="pg-page">
      <PageActions>
        <Button variant="primary" onClick={() => setAdding(true)}>
          {t('Add a person')}
        </Button>
      </PageActions>
      <WaysIn />
      <SearchField label={t('Find people')} value={search} onSearch={(q) => change({ q, page: null })} />
      <Loaded query={found} rows={6}>
        {({ items, total }) =>
          items.length === 0 ? (
            <EmptyState icon="SearchX" message={t('Nobody is called “{search}”', { search })} />
          ) : (
            <div className="pg-results" aria-busy={found.isPlaceholderData}>
              <p className="pg-note" role="status">
                {counted(total, 'person')}
              </p>
              <ul className="pg-rows" aria-label={t('People')}>
                {items.map((user) => (
                  <Person key={user.id} user={user} />
                ))}
              </ul>
              <Pager
                page={page}
                pages={Math.ceil(total / PER_PAGE)}
                onPage={(next) => change({ page: String(next) }, { push: true })}
              />
            </div>
          )
        }
      </Loaded>
      {adding ? <NewPersonDialog onClose={() => setAdding(false)} /> : null}
    </div>
  )
}

function Person({ user }: { readonly user: UserDetailResponse }) {
  const me = useMe()
  const client = useQueryClient()
  const known = useQuery({ queryKey: ['admin', 'roles'], queryFn: () => api.send(roles.list) })
  const update = useMutation({
    mutationFn: (body: { readonly role?: string; readonly is_active?: boolean }) =>
      api.send(users.update, { params: { user_id: user.id }, body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['admin', 'users'] }),
    onError: (error) => toasts.show({ message: failureOf(error).message, variant: 'error' }),
  })
  const name = user.full_name || user.display_name || user.email
  const isMe = me?.imperal_id === user.id
  const others = (known.data ?? []).filter((role) => role.name !== user.role)
  const items = [
    ...others.map((role) => ({
      key: role.name,
      label: t('Make {name}', { name: roleWord(role.name, role.display_name) }),
      icon: 'ShieldCheck',
      onSelect: () => update.mutate({ role: role.name }),
    })),
    { key: 'rule', separator: true as const },
    user.is_active
      ? {
          key: 'off',
          label: t('Keep out'),
          icon: 'Ban',
          danger: true,
          onSelect: () => update.mutate({ is_active: false }),
        }
      : { key: 'on', label: t('Let in again'), icon: 'Check', onSelect: () => update.mutate({ is_active: true }) },
  ]
  return (
    <Row
      icon={<Avatar name={name} size={32} />}
      title={name}
      badge={
        <>
          <Badge tone={user.role === 'admin' ? 'primary' : 'neutral'}>
            {roleWord(user.role, known.data?.find((role) => role.name === user.role)?.display_name)}
          </Badge>
          {user.is_active ? null : <Badge tone="danger">{t('kept out')}</Badge>}
          {isMe ? <Badge tone="neutral">{t('you')}</Badge> : null}
        </>
      }
      detail={
        <>
          {user.email} · {t('since')} <Moment value={user.created_at} /> ·{' '}
          {user.last_login === null ? (
            t('never here')
          ) : (
            <>
              {t('last here')} <Moment value={user.last_login} />
            </>
          )}
        </>
      }
      actions={
        isMe ? null : (
          <Menu items={items}>
            <IconButton icon="Ellipsis" label={t('Actions for {name}', { name })} pending={update.isPending} />
          </Menu>
        )
      }
    />
  )
}
