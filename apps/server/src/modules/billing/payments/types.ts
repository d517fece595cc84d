import type { BillingProfile, PaymentMethod } from '@imperal/contract'

/** How a charge stands with its provider. `open`: the person, or the operator, has to do something first. */
export interface Charge {
  /** The provider's id of the payment. */
  readonly providerId: string
  readonly status: 'succeeded' | 'open' | 'processing' | 'failed'
  /** For the provider's own form in the browser; empty when there is none. */
  readonly clientSecret: string
  /** The person's bank wants to ask. */
  readonly requiresAction: boolean
  /** The page on which the person answers; null when there is none, or nothing to answer. */
  readonly actionUrl: string | null
  readonly receiptUrl: string | null
  /** A sentence for people; set when it failed. */
  readonly failure: string | null
}

export interface ChargeRequest {
  /** Our own id: asking again with it charges once. */
  readonly paymentId: string
  readonly customerId: string
  readonly amountCents: number
  readonly currency: string
  readonly description: string
  /** The stored card to take now; null: the person chooses in the provider's form. */
  readonly methodId: string | null
  /** The person is not there to answer their bank. */
  readonly offSession: boolean
  /** Where the person comes back to from a page of their bank. */
  readonly returnUrl: string
  readonly saveMethod: boolean
}

export interface CustomerFacts {
  readonly tenantId: string
  readonly userId: string
  readonly email: string | null
  readonly profile: BillingProfile
}

/** What a provider tells on its own. `other` is taken note of and means nothing. */
export type ProviderEvent = { readonly id: string; readonly type: string } & (
  | { readonly kind: 'payment'; readonly charge: Charge; readonly paymentId: string | null }
  | {
      /** Money went back: the whole sum of refunds so far, or that of one dispute. */
      readonly kind: 'refund'
      readonly providerId: string
      readonly paymentId: string | null
      readonly refundedCents: number
      /** The dispute by which it was taken from the operator against their will: what was spent of it is owed. Null: a refund. */
      readonly disputeId: string | null
    }
  | {
      /** The money of a dispute came back. */
      readonly kind: 'reinstated'
      readonly providerId: string
      readonly disputeId: string
    }
  | { readonly kind: 'other' }
)

/** A way to take money. @throws BILLING_PROVIDER_FAILED, BILLING_PAYMENTS_OFF from every method */
export interface PaymentProvider {
  readonly name: 'stripe' | 'manual'
  /** For the provider's script in the browser; empty when there is none. */
  readonly publishableKey: string
  /** Whether people store cards with it. Without, an operator approves each payment. */
  readonly takesCards: boolean
  createCustomer(facts: CustomerFacts): Promise<string>
  updateCustomer(customerId: string, facts: CustomerFacts): Promise<void>
  /** A refused card is an answer, not an error. */
  charge(request: ChargeRequest): Promise<Charge>
  /** How a charge stands now; null when the provider knows none. */
  look(providerId: string): Promise<Charge | null>
  /** The charge of one of our payments whose answer was lost; null when there is none. */
  find(customerId: string, paymentId: string): Promise<Charge | null>
  /** Takes a charge back that is not paid yet, and says how it stands then. */
  cancel(providerId: string): Promise<Charge | null>
  /** Removes a customer with the cards and the address; one that is gone already is no error. */
  removeCustomer(customerId: string): Promise<void>
  methods(customerId: string): Promise<PaymentMethod[]>
  beginSetup(customerId: string): Promise<{ clientSecret: string }>
  removeMethod(methodId: string): Promise<void>
  setDefaultMethod(customerId: string, methodId: string): Promise<void>
  portal(customerId: string, returnUrl: string): Promise<string>
  /** @throws BILLING_SIGNATURE */
  readEvent(raw: Buffer, signature: string): ProviderEvent
}
