import './pages.css'
import './css/editor.css'
import { ApiError } from '@imperal/client'
import { developer, ir, type JsonValue } from '@imperal/contract'
import { Badge, EmptyState, Tabs } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { PageFrame } from '../components/page-frame.tsx'
import { api } from '../data/api.ts'
import { setPageUnsaved } from '../data/workspace/unsaved.ts'
import { t } from '../i18n/index.ts'
import { DeployButton, DeployOutcome, useDeploy } from './developer/deploy-bar.tsx'
import { Problems } from './developer/problems.tsx'
import { starter } from './developer/starter.ts'
import { TryOut } from './developer/try-out.tsx'
import { type Check, useCheck } from './developer/use-check.ts'
import { usePathPart } from './parts/address.ts'
import { Loaded } from './parts/loaded.tsx'
import { PageLink } from './parts/page-link.tsx'

const JsonEditor = lazy(async () => ({ default: (await import('./developer/json-editor.tsx')).JsonEditor }))

interface Source {
  readonly name: string
  readonly text: string
  /** Null: nothing was deployed yet. */
  readonly revision: number | null
  /** The version that is live when it was deployed from code, not from a document; else null. */
  readonly codeVersion: string | null
}

async function readSource(appId: string): Promise<Source> {
  const params = { app_id: appId }
  const app = await api.send(developer.getApp, { params })
  if (!app.owner) throw new ApiError({ status: 404, code: 'not_found', message: t('This app is not yours.') })
  const { active_revision: revision } = await api.send(ir.revisions, { params, query: { limit: 1 } })
  const document = revision === null ? null : await api.send(ir.document, { params, query: { revision } })
  const source = document === null ? starter(appId, app.name) : document.ir_dict
  return {
    name: app.name,
    text: JSON.stringify(source, null, 2),
    revision,
    codeVersion: revision === null ? app.version : null,
  }
}

/** The document of a declarative app of one's own: written, checked, tried out and deployed. */
export function DocumentPage() {
  const appId = usePathPart('appId')
  const source = useQuery({
    queryKey: ['developer', 'document', appId],
    queryFn: () => readSource(appId),
    staleTime: Infinity,
    gcTime: 0,
  })
  if (source.data) return <Editor key={appId} appId={appId} source={source.data} />
  return (
    <PageFrame title={t('Document')}>
      <Loaded
        query={source}
        failed={(status) =>
          status === 404 || status === 403 ? (
            <EmptyState icon="PackageX" message={t('There is no such app of yours')}>
              {t('Create it in the Developer Portal first.')}
            </EmptyState>
          ) : null
        }
      >
        {() => null}
      </Loaded>
    </PageFrame>
  )
}

function Standing({ check }: { readonly check: Check }) {
  if (check.state === 'checking') return null
  if (check.state !== 'checked') return <Badge tone="danger">{t('not readable')}</Badge>
  return check.valid ? <Badge tone="success">{t('valid')}</Badge> : <Badge tone="danger">{t('not valid')}</Badge>
}

function leadOf({ codeVersion, revision }: Source): string {
  if (codeVersion !== null) return t('This app is deployed from code, version {codeVersion}.', { codeVersion })
  return revision === null
    ? t('Nothing is deployed yet.')
    : t('Revision {revision} was live when this page opened.', { revision })
}

const refused = (check: Check): ApiError => {
  const message =
    check.state === 'failed' ? check.message : t('Nothing was deployed: mend the problems of the document first.')
  return new ApiError({ status: 422, code: 'not_valid', message })
}

/** The text on the screen, the one that was read or deployed last, and the question before the difference is lost. */
function useText(initial: string) {
  const [text, setText] = useState(initial)
  const [kept, setKept] = useState(initial)
  // What was typed last, also before it is drawn: a key that follows at once deploys that.
  const latest = useRef(initial)
  const write = useCallback((next: string) => {
    latest.current = next
    setText(next)
  }, [])
  const isUnsaved = text !== kept
  useEffect(() => {
    setPageUnsaved(isUnsaved ? t('The document holds changes that have not been deployed.') : null)
    return () => setPageUnsaved(null)
  }, [isUnsaved])
  return { text, write, latest, setKept, isUnsaved }
}

function Editor({ appId, source }: { readonly appId: string; readonly source: Source }) {
  const { text, write, latest, setKept, isUnsaved } = useText(source.text)
  const [tab, setTab] = useState('problems')
  const { check, isCurrent, now } = useCheck(appId, text)
  const deploying = useDeploy(appId, source.revision)
  const checked = check.state === 'checked' ? check : null
  const ready = checked?.valid ? checked.document : null
  // A document would replace the code that people use.
  const isCode = source.codeVersion !== null
  const errors = checked?.issues.filter((issue) => issue.level === 'ERROR').length ?? 0
  const save = async () => {
    if (isCode) return
    const shown = latest.current
    const read = async (): Promise<JsonValue> => {
      const found = await now(shown)
      if (found.state === 'checked' && found.valid) return found.document
      setTab('problems')
      throw refused(found)
    }
    if (await deploying.deploy(read)) setKept(shown)
  }
  return (
    <PageFrame
      title={source.name}
      note={
        <>
          <Standing check={check} />
          {isUnsaved ? <Badge tone="warning">{t('not deployed')}</Badge> : null}
        </>
      }
      lead={leadOf(source)}
      actions={
        <>
          <PageLink className="pg-nowrap" href={`/developer/apps/${appId}`}>
            {t('Back to the app')}
          </PageLink>
          <DeployButton
            deploying={deploying}
            disabled={isCode || (isCurrent && ready === null)}
            onDeploy={() => void save()}
          />
        </>
      }
    >
      <DeployOutcome deploying={deploying} appId={appId} />
      <div className="pg-document">
        <Suspense fallback={<div className="pg-editor" aria-busy="true" />}>
          <JsonEditor
            label={t('Document')}
            initial={source.text}
            issues={checked?.issues ?? []}
            onChange={write}
            onSave={() => void save()}
          />
        </Suspense>
        <Tabs
          label={t('Beside the document')}
          active={tab}
          onChange={setTab}
          tabs={[
            {
              id: 'problems',
              label: t('Problems'),
              ...(errors > 0 ? { badge: String(errors) } : {}),
              content: <Problems check={check} />,
            },
            {
              id: 'try',
              label: t('Try out'),
              content: <TryOut document={ready} registered={checked?.registered ?? { functions: [], panels: [] }} />,
            },
          ]}
        />
      </div>
    </PageFrame>
  )
}
