import { developer } from '@imperal/contract'
import { Badge, Button, Dialog, EmptyState, TextField } from '@imperal/ui-kit'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { PageActions } from '../../components/page-frame.tsx'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { useGo } from '../parts/address.ts'
import { AppIcon } from '../parts/app-icon.tsx'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageLink } from '../parts/page-link.tsx'
import { Row } from '../parts/section.tsx'
import { useForm } from '../parts/use-form.ts'
import { ownAppsQuery } from './queries.ts'
import { stateWord } from './words.ts'

/** Apps of the developer, with where each of them stands. */
export function MyApps() {
  const apps = useQuery(ownAppsQuery)
  const [making, setMaking] = useState(false)
  const create = (
    <Button variant="primary" onClick={() => setMaking(true)}>
      {t('New app')}
    </Button>
  )
  return (
    <div className="pg-stack">
      <Loaded query={apps}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState icon="Code" message={t('No apps yet')} action={create}>
              {t('Begin here for an app that is a document, or with the command line for one in code:')}{' '}
              <code>imperal init my-app</code>
            </EmptyState>
          ) : (
            <>
              <PageActions>{create}</PageActions>
              <ul className="pg-rows" aria-label={t('My apps')}>
                {list.map((app) => {
                  const { label, tone } = stateWord(app.status)
                  return (
                    <Row
                      key={app.app_id}
                      icon={<AppIcon appId={app.app_id} name={app.display_name} url={undefined} size={32} />}
                      title={<PageLink href={`/developer/apps/${app.app_id}`}>{app.display_name}</PageLink>}
                      badge={<Badge tone={tone}>{label}</Badge>}
                      detail={
                        <>
                          <code>{app.app_id}</code> ·{' '}
                          {app.version === null
                            ? t('nothing deployed')
                            : t('Version {version}', { version: app.version })}{' '}
                          · {counted(app.install_count, 'install')} · {t('changed')} <Moment value={app.updated_at} />
                        </>
                      }
                    />
                  )
                })}
              </ul>
            </>
          )
        }
      </Loaded>
      <NewApp open={making} onClose={() => setMaking(false)} />
    </div>
  )
}

const ID = /^[a-z][a-z0-9-]{1,48}[a-z0-9]$/

function NewApp({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const id = useId()
  const go = useGo()
  const client = useQueryClient()
  const form = useForm({
    initial: { display_name: '', app_id: '', short_description: '' },
    check: ({ display_name, app_id }) => ({
      display_name: display_name.trim() === '' ? t('Enter a name.') : undefined,
      app_id: ID.test(app_id.trim()) ? undefined : t('An id is 3 to 50 lower-case letters, digits and hyphens.'),
    }),
    blame: ({ status }) => (status === 409 ? 'app_id' : null),
    send: async ({ display_name, app_id, short_description }) => {
      const made = await api.send(developer.createApp, {
        body: { app_id: app_id.trim(), display_name: display_name.trim(), short_description: short_description.trim() },
      })
      form.reset()
      await client.invalidateQueries({ queryKey: ['developer'] })
      go(`/developer/apps/${made.app_id}`)
    },
  })
  const close = () => {
    form.reset()
    onClose()
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
      title={t('New app')}
      size="sm"
      footer={
        <>
          <Button onClick={close}>{t('Cancel')}</Button>
          <Button type="submit" form={id} variant="primary" pending={form.pending} pendingLabel={t('Creating')}>
            {t('Create app')}
          </Button>
        </>
      }
    >
      <form {...form.form} id={id} className="pg-form">
        <TextField {...form.text('display_name')} label={t('Name')} maxLength={200} autoComplete="off" required />
        <TextField
          {...form.text('app_id')}
          label={t('Id')}
          description={t('Stays for ever and is part of addresses.')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={50}
          required
        />
        <TextField
          {...form.text('short_description')}
          label={t('What it does')}
          description={t('One sentence for the marketplace.')}
          maxLength={200}
          autoComplete="off"
        />
        <FailedAlert failure={form.failure} />
      </form>
    </Dialog>
  )
}
