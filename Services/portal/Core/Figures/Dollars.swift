/// Money as people read it.
package enum Dollars {
}
