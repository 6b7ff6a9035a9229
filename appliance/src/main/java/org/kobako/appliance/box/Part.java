package org.kobako.appliance.box;

import java.io.IOException;

/**
 * A service of the box, in the four steps that all of them have.
 *
 * @param bind takes the ports; nobody is answered yet
 * @param start answers from now on
 * @param check makes sure of it, from outside of the service; fails with the reason
 * @param close lets what is under way end, and gives the ports back
 */
record Part(String name, Step bind, Step start, Step check, Step close) {
  interface Step {
    void run() throws IOException;
  }
}
