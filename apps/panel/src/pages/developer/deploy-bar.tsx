import { type DeployReceipt, ir, type JsonValue } from '@imperal/contract'
import { Alert, Button, CheckboxField } from '@imperal/ui-kit'
import { useState } from 'react'
import { api } from '../../data/api.ts'
import { rereadApps } from '../../data/apps.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { type Failure, failureOf } from '../parts/failure.ts'
import { counted } from '../parts/figures.ts'
import { PageLink } from '../parts/page-link.tsx'

export interface Deploying {
  readonly pending: boolean
  readonly receipt: DeployReceipt | null
  readonly failure: Failure | null
  readonly review: boolean
  readonly setReview: (review: boolean) => void
  /** Deploys what `read` gives; what that throws is the failure. True: it is live. */
  readonly deploy: (read: () => Promise<JsonValue>) => Promise<boolean>
}

/** Deploys on top of the revision that was read: what somebody else deployed meanwhile is not overwritten unseen. */
export function useDeploy(appId: string, readRevision: number | null): Deploying {
  const [pending, setPending] = useState(false)
  const [receipt, setReceipt] = useState<DeployReceipt | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [review, setReview] = useState(false)
  const deploy = async (read: () => Promise<JsonValue>) => {
    if (pending) return false
    setPending(true)
    setFailure(null)
    const base = receipt?.revision ?? readRevision
    try {
      const document = await read()
      const body = { ir_dict: document, dev_mode: !review, ...(base === null ? {} : { expected_revision: base }) }
      setReceipt(await api.send(ir.deploy, { params: { app_id: appId }, body }))
      await rereadApps()
      return true
    } catch (error) {
      setFailure(failureOf(error))
      return false
    } finally {
      setPending(false)
    }
  }
  return { pending, receipt, failure, review, setReview, deploy }
}

export function DeployButton({
  deploying,
  disabled,
  onDeploy,
}: {
  readonly deploying: Deploying
  /** There is nothing that could be deployed. */
  readonly disabled: boolean
  readonly onDeploy: () => void
}) {
  return (
    <>
      <CheckboxField label={t('Send to review')} checked={deploying.review} onChecked={deploying.setReview} />
      <Button
        variant="primary"
        icon="Rocket"
        disabled={disabled}
        pending={deploying.pending}
        pendingLabel={t('Deploying')}
        onClick={onDeploy}
      >
        {t('Deploy')}
      </Button>
    </>
  )
}

export function DeployOutcome({ deploying, appId }: { readonly deploying: Deploying; readonly appId: string }) {
  const { receipt, failure } = deploying
  if (failure !== null) return <FailedAlert failure={failure} />
  if (receipt === null) return null
  const what = receipt.unchanged
    ? t('Nothing changed: revision {revision} is live already.', { revision: receipt.revision })
    : t('Revision {revision} is live, with {functions}.', {
        revision: receipt.revision,
        functions: counted(receipt.functions_registered, 'function'),
      })
  const waits = receipt.review === 'submitted' ? ` ${t('It waits for review.')}` : ''
  return (
    <Alert variant="success" action={<PageLink href={`/ext/${appId}`}>{t('Open the app')}</PageLink>}>
      {what + waits}
    </Alert>
  )
}
