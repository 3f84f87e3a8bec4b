import { implement } from '@orpc/server';
import { contract } from '../../../src-preload/contract/index.ts';

/** The contract, to be implemented: every router below starts from it, so that a missing call does not compile. */
export const api = implement(contract);
