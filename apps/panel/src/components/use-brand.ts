import { useQuery } from '@tanstack/react-query'
import { useEffect, useLayoutEffect } from 'react'
import { agencyQuery, brand, brandOf, wear } from '../data/agency.ts'
import type { Me } from '../data/me.ts'

/** Paints the shell as the agency of the person wants it; people without one see the platform's own look. */
export function useBrand(me: Me | undefined): void {
  const hasAgency = me !== undefined && me.agency_id !== null
  const { data } = useQuery({ ...agencyQuery, enabled: hasAgency })
  useLayoutEffect(() => wear(brand.get()), [])
  useEffect(() => {
    if (me === undefined) return
    if (!hasAgency) wear(null)
    else if (data) wear(brandOf(data))
  }, [me, hasAgency, data])
}
