import { type AgencyResponse, agencies } from '@imperal/contract'
import { Button, EmptyState, IconButton } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { PageActions } from '../../components/page-frame.tsx'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Row } from '../parts/section.tsx'
import { AgencyDialog } from './agency-dialog.tsx'

/** Agencies of the tenant: groups of people whose panel carries another name and look. */
export function Agencies() {
  const all = useQuery({ queryKey: ['admin', 'agencies'], queryFn: () => api.send(agencies.list, { query: {} }) })
  const [editing, setEditing] = useState<AgencyResponse | null | undefined>(undefined)
  return (
    <div className="pg-stack">
      <PageActions>
        <Button variant="primary" onClick={() => setEditing(null)}>
          {t('New agency')}
        </Button>
      </PageActions>
      <Loaded query={all} rows={2}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState icon="Palette" message={t('No agency yet')}>
              {t('People of an agency see its name, logo and colours instead of ours.')}
            </EmptyState>
          ) : (
            <ul className="pg-rows" aria-label={t('Agencies')}>
              {list.map((agency) => (
                <Row
                  key={agency.agency_id}
                  title={agency.display_name}
                  detail={
                    <>
                      <code>{agency.agency_id}</code>
                      {agency.domain ? ` · ${agency.domain}` : ''}
                    </>
                  }
                  actions={
                    <IconButton
                      icon="Pencil"
                      label={t('Change {name}', { name: agency.display_name })}
                      onClick={() => setEditing(agency)}
                    />
                  }
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {editing === undefined ? null : <AgencyDialog agency={editing} onClose={() => setEditing(undefined)} />}
    </div>
  )
}
