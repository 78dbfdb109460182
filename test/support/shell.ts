/** Loaded before every test (.mocharc.json): a profile or a FIPS endpoint of the shell would break the clients of the tests. */
import { shieldFromShell } from '../../tools/local-cloud/shell-environment.ts';

shieldFromShell();
