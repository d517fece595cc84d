import { developerMoney } from '@imperal/contract/routes/developer-money'
import { Button, ConfirmDialog } from '@imperal/ui-kit'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { failureOf } from '../parts/failure.ts'

/** Developers of the free tier earn, and are paid from the next one on; it is bought here. */
export function FirstTier() {
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const move = useMutation({
    mutationFn: () => api.send(developerMoney.setTier, { body: { tier: 'indie' } }),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['developer'] }),
        client.invalidateQueries({ queryKey: ['billing'] }),
      ]),
  })
  return (
    <>
      <p className="pg-help">{t('What you earn is paid out from the tier indie on.')}</p>
      <FailedAlert failure={move.isError ? failureOf(move.error) : null} />
      <div>
        <Button pending={move.isPending} onClick={() => setAsking(true)}>
          {t('Move to indie…')}
        </Button>
      </div>
      <ConfirmDialog
        request={
          asking
            ? {
                title: t('Move to indie?'),
                message: t('The tier is bought with credits of your wallet for a year, and your part of prices grows.'),
                confirmLabel: t('Move to indie'),
                destructive: false,
              }
            : null
        }
        onAnswer={(accepted) => {
          if (accepted) move.mutate()
          setAsking(false)
        }}
      />
    </>
  )
}
