import { agencies } from '@imperal/contract/routes/agencies'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useLayoutEffect } from 'react'
import { brand, wear } from '../data/agency.ts'
import { publicApi } from '../data/api.ts'
import { currentSession } from '../data/session.ts'

/** Paints a page before the sign-in as the agency whose domain it was opened at; gives whom to ask there. */
export function useLook(): string | null {
  const { data } = useQuery({
    queryKey: ['look'],
    queryFn: () => publicApi.send(agencies.look),
    staleTime: Number.POSITIVE_INFINITY,
  })
  useLayoutEffect(() => wear(brand.get()), [])
  useEffect(() => {
    if (data === undefined || currentSession() !== null) return
    const { display_name: name, logo_url: logo, logo_dark_url: logoDark, theme } = data
    wear(name === null ? null : { name, logo, logoDark, theme })
  }, [data])
  return data?.support_email ?? null
}
