/** How often each fault befalls a single call, probe or run, as a probability. */
export const NO_RATES = {
  'process killed': 0,
  'process frozen': 0,
  'clock stops while frozen': 0,
  'frozen or killed at a submit': 0,
  'frozen or killed at a write': 0,
  'table throttles': 0,
  'table write made, answer lost': 0,
  'table replicas conflict': 0,
  'submit applied, answer lost': 0,
  'submit applied, answered 500': 0,
  'submit applied late': 0,
  'submit applied twice': 0,
  'submit conflicts': 0,
  'submit slowed down': 0,
  'submit failed': 0,
  'probe fails by chance': 0,
  'run skipped': 0,
  'run late': 0,
  'run doubled': 0,
  'frozen or killed at a look': 0,
};

export type RateName = keyof typeof NO_RATES;
export type Rates = { readonly [K in RateName]: number };

export const RATE_NAMES = Object.keys(NO_RATES) as RateName[];
