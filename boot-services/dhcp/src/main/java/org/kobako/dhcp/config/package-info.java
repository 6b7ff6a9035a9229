/**
 * What the operator says of DHCP, validated: every refusal names the option and what is allowed.
 */
@NullMarked
package org.kobako.dhcp.config;

import org.jspecify.annotations.NullMarked;
